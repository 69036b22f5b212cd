/* Preloaded into a process: counts what it writes into files, and can kill it before a write. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long done;
static long fatal; /* the write that is not done; below 0: only count; 0: another process's */

void count_writes(long number) { done = 0, fatal = number; }
long writes_done(void) { return done; }

static void one_more(void) {
    if (fatal && atomic_fetch_add(&done, 1) + 1 == fatal) kill(getpid(), SIGKILL);
}

static void into(int file) {
    struct stat it;
    if (fatal && !fstat(file, &it) && S_ISREG(it.st_mode)) one_more();
}

#define BEFORE(what, type, name, parameters, arguments) \
    type name parameters {                              \
        static type(*real) parameters;                  \
        if (!real) real = dlsym(RTLD_NEXT, #name);      \
        what;                                           \
        return real arguments;                          \
    }

BEFORE(into(f), ssize_t, write, (int f, const void *b, size_t n), (f, b, n))
BEFORE(into(f), ssize_t, pwrite, (int f, const void *b, size_t n, off_t o), (f, b, n, o))
BEFORE(into(f), ssize_t, pwrite64, (int f, const void *b, size_t n, off64_t o), (f, b, n, o))
BEFORE(into(f), int, ftruncate, (int f, off_t n), (f, n))
BEFORE(into(f), int, ftruncate64, (int f, off64_t n), (f, n))
BEFORE(one_more(), int, rename, (const char *a, const char *b), (a, b))
BEFORE(one_more(), int, unlink, (const char *a), (a))
BEFORE(one_more(), int, unlinkat, (int d, const char *a, int g), (d, a, g))
BEFORE(one_more(), int, rmdir, (const char *a), (a))
BEFORE(one_more(), int, mkdir, (const char *a, mode_t m), (a, m))
BEFORE(one_more(), int, symlink, (const char *a, const char *b), (a, b))
