<?php

// Runs the real AWS SDK for PHP on set-ups: one JSON set-up a line in, one JSON verdict a line out.
//
// Argument: a folder with vendor/autoload.php that loads the SDK and what it needs. Every set-up is
// judged in a forked child whose environment is exactly the set-up's. Requests to AWS go to the
// stand-ins on this host that AWS_ENDPOINT_URL_STS, _SSO and _SSO_OIDC of the set-up name; every
// other host but this one refuses. Pauses between tries are taken out, and an SDK that asks for
// ever is stopped.

namespace CredlintDriver {

    use GuzzleHttp\Promise\Create;

    class State
    {
        public static array $standIns = [];
        public static int $requests = 0;
        public static bool $endless = false;
        public static bool $renewing = false;
        public static ?string $source = null;
        public static ?string $role = null;
        public static bool $assumed = false;
    }

    // Wraps the chain's sources so that the one that gave the credentials is known.
    function traced(array $chain): array
    {
        foreach ($chain as $name => $provider) {
            $chain[$name] = static function (...$given) use ($name, $provider) {
                State::$assumed = false;
                State::$role = null;
                return Create::promiseFor($provider(...$given))->then(static function ($found) use ($name) {
                    State::$source = $name;
                    return $found;
                });
            };
        }
        return $chain;
    }

    // Returns the code of a class of the SDK, whose folder is found by the name of another.
    function source_of(string $class): string
    {
        $folder = dirname((new \ReflectionClass(\Aws\Sdk::class))->getFileName());
        return file_get_contents($folder . str_replace('\\', '/', substr($class, 3)) . '.php');
    }
}

namespace Aws\Credentials {
    function sleep(int $seconds): int
    {
        return 0;
    }
}

namespace {

    use CredlintDriver\State;

    ini_set('display_errors', '0');
    ini_set('log_errors', '0');
    require $argv[1] . '/vendor/autoload.php';

    // Two classes are loaded with one change each: the chain tells what it is made of, and the last
    // step before the network has another name, so that what follows can stand in front of it.
    function load_changed(string $class, string $from, string $to): void
    {
        $code = CredlintDriver\source_of($class);
        if (substr_count($code, $from) !== 1) {
            fwrite(STDERR, "another $class than expected\n");
            exit(3);
        }
        eval('?>' . str_replace($from, $to, $code));
    }

    load_changed(
        'Aws\Credentials\CredentialProvider',
        'array_values($defaultChain)',
        'array_values(\CredlintDriver\traced($defaultChain))'
    );
    load_changed('Aws\Handler\GuzzleV6\GuzzleHandler', 'class GuzzleHandler', 'class RealGuzzleHandler');
}

namespace Aws\Handler\GuzzleV6 {

    use CredlintDriver\State;
    use GuzzleHttp\Exception\ConnectException;
    use GuzzleHttp\Promise\RejectedPromise;
    use GuzzleHttp\Psr7\Uri;
    use Psr\Http\Message\RequestInterface;

    class GuzzleHandler extends RealGuzzleHandler
    {
        public function __invoke(RequestInterface $request, array $options = [])
        {
            State::$requests++;
            if (State::$requests > 60) {
                State::$endless = true;
                throw new \Error('the SDK asks for ever');
            }
            $host = $request->getUri()->getHost();
            $body = (string) $request->getBody();
            if (str_contains($body, 'Action=AssumeRole')) {
                parse_str($body, $asked);
                State::$assumed = $asked['Action'] === 'AssumeRole';
                State::$role = $asked['RoleArn'] ?? null;
            }
            $service = ['sts' => 'STS', 'portal' => 'SSO', 'oidc' => 'SSO_OIDC'][strtok($host, '.')] ?? null;
            if (str_contains($host, 'amazonaws.') && $service !== null) {
                State::$renewing = State::$renewing || $service === 'SSO_OIDC';
                $target = State::$standIns[$service] ?? null;
                if ($target !== null) {
                    $uri = $request->getUri()->withScheme('http')
                        ->withHost($target->getHost())->withPort($target->getPort());
                    return parent::__invoke($request->withUri($uri, true), ['proxy' => ''] + $options);
                }
            } elseif (preg_match('/^(127\.|localhost$|\[::1\]$)/', $host)) {
                return parent::__invoke($request, $options);
            }
            $error = new ConnectException('refused', $request);
            return new RejectedPromise(['exception' => $error, 'connection_error' => true, 'response' => null]);
        }
    }
}

namespace {

    use Aws\Configuration\ConfigurationResolver;
    use Aws\Credentials\CredentialProvider;
    use CredlintDriver\State;
    use GuzzleHttp\Psr7\Uri;

    // Loaded here, not once in every child.
    foreach (['Sts\StsClient', 'SSO\SSOClient', 'SSOOIDC\SSOOIDCClient'] as $name) {
        $class = "Aws\\$name";
        new $class(['region' => 'eu-west-1', 'version' => 'latest', 'credentials' => false]);
    }

    function prepare(array $setup): void
    {
        $environment = $setup['env'];
        foreach (['STS', 'SSO', 'SSO_OIDC'] as $service) {
            $variable = "AWS_ENDPOINT_URL_$service";
            if (isset($environment[$variable])) {
                State::$standIns[$service] = new Uri($environment[$variable]);
                unset($environment[$variable]);
            }
        }
        unset($environment['AWS_ENDPOINT_URL']);
        foreach (array_keys(getenv()) as $name) {
            putenv($name);
            unset($_SERVER[$name]);
        }
        foreach ($environment as $name => $value) {
            putenv("$name=$value");
            $_SERVER[$name] = $value;
        }
        chdir($setup['cwd']);
        foreach (glob(($environment['HOME'] ?? '') . '/.aws/sso/cache/*.json') as $file) {
            touch($file, time() - 3600); // a token that was fetched just now is not renewed
        }
    }

    // The chain's name of the source; web identity is of the environment where both variables are set.
    function source(): ?string
    {
        if (State::$source !== 'web_identity') {
            return State::$source;
        }
        $own = getenv('AWS_ROLE_ARN') && getenv('AWS_WEB_IDENTITY_TOKEN_FILE');
        return $own ? 'web_identity_env' : 'web_identity_profile';
    }

    function verdict(array $setup): array
    {
        prepare($setup);
        $region = ConfigurationResolver::resolve('region', '', 'string');
        $answer = ['region' => $region];
        // A region that no client could be made with would hide all the rest; the program may give another.
        $usable = is_string($region) && preg_match('/^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$/', $region);
        try {
            if ($setup['profile'] === null) {
                $provider = CredentialProvider::defaultProvider(['region' => $usable ? $region : 'us-east-1']);
            } else {
                $provider = CredentialProvider::ini($setup['profile']); // ClientResolver::_apply_profile
                State::$source = 'ini';
            }
            $found = $provider()->wait();
        } catch (Throwable $e) {
            $stage = State::$endless ? 'endless' : 'none';
            $message = substr(mb_scrub($e->getMessage()), 0, 200);
            return $answer + [
                'stage' => $stage, 'source' => null, 'method' => $stage, 'error' => State::$endless ? null : get_class($e),
                'message' => $message, 'renewing' => State::$renewing,
            ];
        }
        return $answer + [
            'stage' => 'credentials', 'source' => source(), 'method' => State::$source . (State::$assumed ? ' role' : ''), 'assumed' => State::$assumed, 'role' => State::$role,
            'key' => $found->getAccessKeyId(), 'token' => (bool) $found->getSecurityToken(),
            'renewing' => State::$renewing,
        ];
    }

    function in_child(string $line): string
    {
        [$reader, $writer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, STREAM_IPPROTO_IP);
        $child = pcntl_fork();
        if ($child === 0) {
            fclose($reader);
            try {
                $answer = verdict(json_decode($line, true));
            } catch (Throwable $e) {
                $answer = ['failure' => get_class($e) . ': ' . mb_scrub($e->getMessage())];
            }
            fwrite($writer, json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE));
            fclose($writer);
            posix_kill(posix_getpid(), SIGKILL); // nothing of the parent's is to be ended twice
        }
        fclose($writer);
        $text = stream_get_contents($reader);
        fclose($reader);
        pcntl_waitpid($child, $status);
        return $text === '' ? '{"failure": "no answer"}' : $text;
    }

    echo json_encode(['ready' => Aws\Sdk::VERSION]), "\n";
    while (($line = fgets(STDIN)) !== false) {
        echo in_child($line), "\n";
    }
}
