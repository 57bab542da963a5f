"""Settings of Hadoop, Hive and Spark for S3."""
