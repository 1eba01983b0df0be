/*
 * Preloaded into a process: counts its writing calls below one directory, and makes the n-th of
 * them fail, write only half, or be the last thing the process does.
 *
 * COLDCASE_FAULT_DIR  the directory; calls elsewhere pass
 * COLDCASE_FAULT      KIND:N, kinds as in `next` below; empty only counts
 * COLDCASE_FAULT_LOG  gets one line per counted call
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum step { PASS, FAIL, HALF, HALF_THEN_DIE, THEN_DIE };

static atomic_long calls;

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); }

static void note(long number, const char *call, const char *path) {
  static atomic_int fd = -1;
  const char *file = getenv("COLDCASE_FAULT_LOG");
  if (file == NULL) return;
  if (fd < 0) fd = syscall(SYS_openat, AT_FDCWD, file, O_CREAT | O_WRONLY | O_APPEND, 0600);
  char line[4400];
  int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path);
  syscall(SYS_write, fd, line, length);
}

static const char *path_of(int fd, char *into, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = readlink(link, into, size - 1);
  into[length < 0 ? 0 : length] = 0;
  return into;
}

/* What becomes of this call. `space`: whether a full disk refuses it. */
static enum step next(const char *call, const char *path, int space) {
  const char *dir = getenv("COLDCASE_FAULT_DIR");
  const char *fault = getenv("COLDCASE_FAULT");
  if (dir == NULL || strncmp(path, dir, strlen(dir)) != 0) return PASS;
  long number = atomic_fetch_add(&calls, 1) + 1;
  note(number, call, path);
  const char *colon = fault == NULL ? NULL : strchr(fault, ':');
  if (colon == NULL) return PASS;
  long target = atol(colon + 1);
  size_t length = colon - fault;
  int is(const char *kind) { return strlen(kind) == length && strncmp(fault, kind, length) == 0; }
  if (is("full")) {
    errno = ENOSPC;
    return space && number >= target ? FAIL : PASS;
  }
  if (number != target) return PASS;
  if (is("kill")) die();
  if (is("after")) return THEN_DIE;
  if (is("torn")) return HALF_THEN_DIE;
  if (is("short")) return HALF;
  errno = is("enospc") ? ENOSPC : EIO;
  return FAIL;
}

#define WRAP(type, name, parameters, arguments, path, space, half)                                 \
  type name parameters {                                                                           \
    static type(*real) parameters;                                                                 \
    char place[4200];                                                                              \
    (void)place;                                                                                   \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                                              \
    enum step step = next(#name, path, space);                                                     \
    if (step == FAIL) return -1;                                                                   \
    type result = step == HALF || step == HALF_THEN_DIE ? (half) : real arguments;                 \
    if (step == HALF_THEN_DIE || step == THEN_DIE) die();                                          \
    return result;                                                                                 \
  }

#define OF_FD path_of(fd, place, sizeof place)

static struct iovec half_of(const struct iovec *parts) {
  struct iovec part = {parts->iov_base, (parts->iov_len + 1) / 2};
  return part;
}

WRAP(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n), OF_FD, 1,
     real(fd, data, (n + 1) / 2))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t n, off_t at), (fd, data, n, at), OF_FD, 1,
     real(fd, data, (n + 1) / 2, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t n, off64_t at), (fd, data, n, at), OF_FD,
     1, real(fd, data, (n + 1) / 2, at))
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n), OF_FD, 1,
     ({ struct iovec part = half_of(parts); real(fd, &part, 1); }))
WRAP(ssize_t, pwritev, (int fd, const struct iovec *parts, int n, off_t at), (fd, parts, n, at),
     OF_FD, 1, ({ struct iovec part = half_of(parts); real(fd, &part, 1, at); }))
WRAP(ssize_t, pwritev64, (int fd, const struct iovec *parts, int n, off64_t at),
     (fd, parts, n, at), OF_FD, 1, ({ struct iovec part = half_of(parts); real(fd, &part, 1, at); }))
WRAP(int, fsync, (int fd), (fd), OF_FD, 1, real(fd))
WRAP(int, fdatasync, (int fd), (fd), OF_FD, 1, real(fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), OF_FD, 1, real(fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size), OF_FD, 1, real(fd, size))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), OF_FD, 0, real(fd, mode))
WRAP(int, chmod, (const char *path, mode_t mode), (path, mode), path, 0, real(path, mode))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), path, 1, real(path, mode))
WRAP(int, rmdir, (const char *path), (path), path, 0, real(path))
WRAP(int, unlink, (const char *path), (path), path, 0, real(path))
WRAP(int, remove, (const char *path), (path), path, 0, real(path))
WRAP(int, rename, (const char *from, const char *to), (from, to), to, 1, real(from, to))
WRAP(int, link, (const char *from, const char *to), (from, to), to, 1, real(from, to))

#define WRAP_OPEN(name, parameters, arguments)                                                     \
  int name parameters {                                                                            \
    static int(*real) parameters;                                                                  \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                                              \
    va_list list;                                                                                  \
    va_start(list, flags);                                                                         \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;                        \
    va_end(list);                                                                                  \
    enum step step = flags & (O_WRONLY | O_RDWR | O_CREAT) ? next(#name, path, 1) : PASS;          \
    if (step == FAIL) return -1;                                                                   \
    int result = real arguments;                                                                   \
    if (step == HALF_THEN_DIE || step == THEN_DIE) die();                                          \
    return result;                                                                                 \
  }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))
WRAP_OPEN(openat64, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))
