module credlint.test/serve

go 1.25
