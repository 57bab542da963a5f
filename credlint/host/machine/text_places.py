"""Which texts of a host are searched for keys, as a table.

A pattern is a path below a home directory, or an absolute one; ``*``, ``?`` and ``[…]`` stand for
a part of one name, as in a shell, but for hidden files too. The files that SDKs read themselves
(``~/.aws/credentials`` and the like) are not here: they belong to the subjects that read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from credlint.model.lean_tuples import NamedTuple


class TextPlace(NamedTuple):
    """One row of the table; ``kind`` as in ``model.audit.Sighting``.

    ``pattern``: without a leading slash it is below every home. ``tool``: whose file it is.
    ``way``: text; packed (user data: gzip, MIME, base64); tail (only its newest part is read);
    binary (no lines to count; a database is read as one); unread (told as not read, with ``tool``
    for the words).
    ``plain``: so many names at the path's end must be no symbolic links, because anybody, or their
    owner, may have laid them to what belongs to others.
    """

    kind: str
    pattern: str
    tool: str = ""
    way: str = "text"
    plain: int = 0


def _rows(
    kind: str, patterns: str, tool: str = "", way: str = "text", plain: int = 0
) -> Iterator[TextPlace]:
    return (TextPlace(kind, pattern, tool, way, plain) for pattern in patterns.split())


def _tools(kind: str, tools: Mapping[str, str]) -> Iterator[TextPlace]:
    return (row for tool, patterns in tools.items() for row in _rows(kind, patterns, tool))


_HISTORIES = """
    .bash_history .zsh_history .zhistory .histfile .history .sh_history .ash_history .ksh_history
    .zsh_sessions/*.history .bash_sessions/*.history .local/share/fish/fish_history .tcsh_history
    .python_history .node_repl_history .irb_history .pry_history .scala_history .jshell_history
    .mysql_history .psql_history .sqlite_history .lesshst .viminfo
    .local/share/powershell/PSReadLine/ConsoleHost_history.txt .local/state/bash/history
    .local/state/zsh/history .local/state/python/history .cache/zsh/history .config/zsh/.zsh_history
"""
_BINARY_HISTORIES = ".aws/cli/history/history.db .ipython/profile_*/history.sqlite"

_BOOT = "user-data.txt user-data.txt.i vendor-data.txt vendor-data.txt.i vendor-data2.txt"
_BOOT_TEXTS = """
    cloud-config.txt vendor-cloud-config.txt vendor2-cloud-config.txt scripts/* handlers/*
"""
_SEEDS = """
    /var/lib/cloud/seed/*/user-data /var/lib/cloud/seed/*/vendor-data
    /run/cloud-init/instance-data-sensitive.json /run/cloud-init/combined-cloud-config.json
"""
_SCRIPTS = """
    /var/lib/cloud/scripts/*/* /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*
    /var/lib/waagent/CustomData
"""

_LOGS = """
    /var/log/cloud-init*.log /var/log/user-data*.log /var/log/user-data /var/log/userdata*.log
    /var/log/messages /var/log/syslog /var/log/auth.log /var/log/secure /var/log/daemon.log
    /var/log/cron /var/log/cron.log /var/log/boot.log /var/log/*.log /var/log/*/*.log
    /var/log/amazon/*/*.log /var/log/syslog.[0-9] /var/log/messages.[0-9] /var/log/messages-*
    /var/log/*.log.[0-9] /var/log/*/*.log.[0-9] /var/log/*.log-* /var/log/*/*.log-*
"""
_UNREAD_LOGS = """
    /var/log/*.gz /var/log/*/*.gz /var/log/*.xz /var/log/*/*.xz /var/log/*.zst /var/log/*/*.zst
    /var/log/*.bz2 /var/log/*/*.bz2
"""

_STORES = {
    "s3cmd": ".s3cfg .s3cfg* /etc/s3cfg /etc/s3cmd/*",
    "s3fs": ".passwd-s3fs .passwd-s3fs* /etc/passwd-s3fs /etc/passwd-s3fs*",
    "boto": ".boto /etc/boto.cfg",
    "gsutil": ".config/gsutil/* .config/gcloud/legacy_credentials/*/.boto",
    "rclone": """
        .config/rclone/rclone.conf .rclone.conf /etc/rclone.conf /etc/rclone/*.conf
    """,
    "mc": ".mc/config.json .mcli/config.json",
    "hadoop": """
        /etc/hadoop*/conf*/*-site.xml /etc/hadoop*/*-site.xml /opt/hadoop*/etc/hadoop/*-site.xml
        /usr/local/hadoop*/etc/hadoop/*-site.xml /etc/hive*/conf*/*-site.xml .hadoop/*-site.xml
        hadoop*/etc/hadoop/*-site.xml
    """,
    "spark": """
        /etc/spark*/conf*/spark-defaults.conf /opt/spark*/conf/spark-defaults.conf
        spark*/conf/spark-defaults.conf
    """,
    "cyberduck": ".cyberduck/* .duck/* .config/cyberduck/*",
    "aws-vault": ".awsvault/keys/*",
    "fluentd": """
        /etc/td-agent/*.conf /etc/fluent/*.conf /etc/fluentd/*.conf /etc/fluent-bit/*.conf
        /etc/td-agent-bit/*.conf /etc/fluent-bit/*.yaml
    """,
    "logstash": "/etc/logstash/*.conf /etc/logstash/conf.d/*.conf",
    "awslogs": "/etc/awslogs/awscli.conf /var/awslogs/etc/aws.conf",
    "terraform": ".terraformrc .terraform.d/credentials.tfrc.json",
    "other": """
        .s3curl .aws-credentials-master .elasticbeanstalk/aws_credential_file .fog .jets3t/*
        .s3ql/authinfo2 .chef/knife.rb .chef/config.rb .ec2/* .config/filezilla/*.xml
        .config/s3ql/* /etc/ecs/ecs.config /etc/grafana/grafana.ini /etc/gitlab/gitlab.rb
        /etc/telegraf/telegraf.conf /etc/vector/*.toml /etc/vector/*.yaml
    """,
}

_DOCKER = """
    .docker/config.json .dockercfg .config/containers/auth.json /var/lib/kubelet/config.json
    /run/containers/0/auth.json /run/user/*/containers/auth.json
"""
_KUBECONFIG = """
    .kube/config .kube/*.yaml .kube/*.yml .kube/*.conf .kube/configs/* /etc/kubernetes/*.conf
    /etc/rancher/k3s/k3s.yaml /var/lib/kubelet/kubeconfig
"""
_PACKAGES = """
    .npmrc .yarnrc .yarnrc.yml .pypirc .netrc .config/pip/pip.conf .pip/pip.conf .m2/settings.xml
    .gradle/gradle.properties .config/pypoetry/auth.toml .config/uv/uv.toml .cargo/credentials.toml
    /etc/pip.conf /etc/npmrc /usr/etc/npmrc
"""

# What the console calls its downloads, and what editors and careful people call a copy.
_DOWNLOADS = """
    rootkey*.csv *accessKeys*.csv *accesskeys*.csv *access_keys*.csv credentials*.csv
    new_user_credentials*.csv
"""
_COPIES = """
    credentials.* credentials~ credentials-* credentials_* credentials# #credentials#
    aws_credentials* aws-credentials* .aws_credentials* .aws-credentials
"""
_SWAP = ".credentials.sw?"
_COPY_FOLDERS = "Desktop Downloads Documents backup backups tmp .backup"
_AWS_COPIES = ".aws/* .aws/*/credentials .aws?*/* aws/* .aws/backup/*"
_OPEN_FOLDERS = "/tmp /var/tmp"  # noqa: S108  looked at, never written to
_OPEN_AWS = ".aws/* aws/* .aws/credentials"
# What lies in these belongs to the SDKs and to the command line's own caches.
SDK_FILES = (".aws/config", ".aws/credentials")

# The kinds of assignments: searched as texts too, for keys that are no assignment.
_ASSIGNING = {
    "systemd-unit": """
        /etc/systemd/system/*.service /etc/systemd/system/*.d/*.conf /run/systemd/system/*.service
        /run/systemd/transient/*.service /run/systemd/system/*.d/*.conf
        /usr/local/lib/systemd/system/*.service /etc/systemd/user/*.service
        .config/systemd/user/*.service .config/systemd/user/*.d/*.conf
    """,
    "crontab": """
        /etc/crontab /etc/cron.d/* /etc/anacrontab /var/spool/cron/* /var/spool/cron/crontabs/*
        /var/spool/at/* /var/spool/cron/atjobs/*
    """,
    "cron-script": """
        /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*
    """,
    "etc-environment": "/etc/environment",
    "pam-env": "/etc/security/pam_env.conf .pam_environment",
    "profile-script": """
        /etc/profile /etc/profile.d/* /etc/bash.bashrc /etc/bashrc /etc/zsh/* /etc/zshenv
        /etc/zshrc /etc/csh.cshrc /etc/fish/config.fish /etc/fish/conf.d/*
    """,
    "service-defaults": "/etc/default/* /etc/sysconfig/* /etc/rc.local /etc/init.d/*",
    "shell-startup": """
        .bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshenv .zprofile
        .zshrc .zlogin .config/fish/config.fish .config/fish/conf.d/*.fish .cshrc .tcshrc .login
        .envrc .xprofile .xsessionrc .kshrc .config/environment.d/*.conf
    """,
    "dotenv": ".env",
}


def _boot_rows() -> Iterable[TextPlace]:
    # The current instance first: what its link leads to is then told by the name that people know.
    for folder in ("/var/lib/cloud/instance", "/var/lib/cloud/instances/*"):
        for name in _BOOT.split():
            yield TextPlace("boot-data", f"{folder}/{name}", way="packed")
        for name in _BOOT_TEXTS.split():
            yield TextPlace("boot-data", f"{folder}/{name}")
        yield TextPlace("boot-data", f"{folder}/obj.pkl", way="binary")


def _copy_rows() -> Iterable[TextPlace]:
    names = f"{_DOWNLOADS} {_COPIES}".split()
    for pattern in f"{_SWAP} .aws/{_SWAP}".split():
        yield TextPlace("copy", pattern, way="binary", plain=1)
    yield from _rows("copy", _AWS_COPIES, plain=1)
    for folder in ("", *_COPY_FOLDERS.split()):
        for name in names:
            yield TextPlace("copy", f"{folder}/{name}".lstrip("/"), plain=1)
    for folder in _OPEN_FOLDERS.split():
        for name in (*names, *_OPEN_AWS.split()):
            yield TextPlace("copy", f"{folder}/{name}", plain=name.count("/") + 1)


# The first row that names a file decides its kind.
TEXT_PLACES: tuple[TextPlace, ...] = (
    *_rows("shell-history", _HISTORIES),
    *_rows("shell-history", _BINARY_HISTORIES, way="binary"),
    *_boot_rows(),
    *_rows("boot-data", _SEEDS, way="packed"),
    *_rows("boot-data", _SCRIPTS),
    *_rows("log", _UNREAD_LOGS, "compressed log", way="unread"),
    *_rows("log", "/var/log/journal/*/*.journal /run/log/journal/*/*.journal", "journal", "unread"),
    *_rows("log", _LOGS, way="tail"),
    *_tools("store", _STORES),
    *_rows("docker-config", _DOCKER, "docker"),
    *_rows("kubeconfig", _KUBECONFIG, "kubernetes"),
    *_rows("package-config", _PACKAGES),
    *_copy_rows(),
    *(row for kind, patterns in _ASSIGNING.items() for row in _rows(kind, patterns)),
)
