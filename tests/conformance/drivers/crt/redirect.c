/* Keeps a driver on this machine, and brings its AWS calls to the stand-ins.
 *
 * Loaded with LD_PRELOAD before an SDK whose calls go to port 443 of a host of its own choice,
 * with certificates that it checks: names below AWS's domains stand for loopback, port 443 of
 * loopback is the stand-in's port, the system's bundle of certificates is the stand-in's own,
 * and no other address can be reached at all (link-local ones among them).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static in_port_t services_port;
static char bundle[4096];

__attribute__((constructor)) static void begin(void) {
    const char *port = getenv("CREDLINT_SERVICES_PORT");
    const char *file = getenv("CREDLINT_SERVICES_BUNDLE");
    services_port = htons((in_port_t)(port ? atoi(port) : 1));
    snprintf(bundle, sizeof bundle, "%s", file ? file : "");
}

int connect(int handle, const struct sockaddr *address, socklen_t length) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (!real) real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    if (address->sa_family == AF_INET) {
        struct sockaddr_in to = *(const struct sockaddr_in *)address;
        if ((ntohl(to.sin_addr.s_addr) >> 24) != 127) {
            errno = ENETUNREACH;
            return -1;
        }
        if (to.sin_port == htons(443)) {
            to.sin_port = services_port;
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        }
        return real(handle, (const struct sockaddr *)&to, sizeof to);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *to = (const struct sockaddr_in6 *)address;
        if (!IN6_IS_ADDR_LOOPBACK(&to->sin6_addr)) {
            errno = ENETUNREACH;
            return -1;
        }
    }
    return real(handle, address, length);
}

static int ends_with(const char *text, const char *end) {
    size_t all = strlen(text), part = strlen(end);
    return all >= part && strcasecmp(text + all - part, end) == 0;
}

static int is_plain(const char *name) {
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")] == 0
           && strstr(name, "..") == NULL && name[0] != '.';
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    struct in6_addr number;
    if (!real)
        real = (int (*)(const char *, const char *, const struct addrinfo *,
                        struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && is_plain(node) && (ends_with(node, ".amazonaws.com") ||
                                   ends_with(node, ".amazonaws.com.cn"))) {
        struct addrinfo own = hints ? *hints : (struct addrinfo){0};
        own.ai_family = AF_INET;
        own.ai_flags = AI_NUMERICHOST;
        return real("127.0.0.1", service, &own, result);
    }
    if (node && strcasecmp(node, "localhost") != 0 && inet_pton(AF_INET, node, &number) != 1 &&
        inet_pton(AF_INET6, node, &number) != 1)
        return EAI_NONAME;
    return real(node, service, hints, result);
}

static const char *replaced(const char *path) {
    static const char *const ends[] = {"/ca-certificates.crt", "/ca-bundle.crt", "/cert.pem",
                                       "/tls-ca-bundle.pem",   "/ca-bundle.pem", NULL};
    for (int index = 0; bundle[0] && ends[index]; index++)
        if (ends_with(path, ends[index])) return bundle;
    return path;
}

FILE *fopen(const char *path, const char *mode) {
    static FILE *(*real)(const char *, const char *);
    if (!real) real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
    return real(replaced(path), mode);
}

FILE *fopen64(const char *path, const char *mode) {
    static FILE *(*real)(const char *, const char *);
    if (!real) real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen64");
    return real(replaced(path), mode);
}
