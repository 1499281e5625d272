/* A wall clock that is off by what a file says; preloaded into a process (Linux, glibc 2.30). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* Monotonic clocks count from the boot of the machine, wall clocks from 1970. */
#define LONGEST_UPTIME (500000000LL)

static const volatile int64_t *off; /* nanoseconds */

__attribute__((constructor)) static void open_file(void) {
  const char *path = getenv("WALL_CLOCK_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *place = mmap(NULL, sizeof *off, PROT_READ, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) off = place;
  close(file);
}

static int64_t now(clockid_t clock) {
  struct timespec at;
  syscall(SYS_clock_gettime, clock, &at);
  return at.tv_sec * SECOND + at.tv_nsec;
}

static int64_t wall(void) { return now(CLOCK_REALTIME) + (off ? *off : 0); }

static struct timespec spec(int64_t at) {
  return (struct timespec){.tv_sec = at / SECOND, .tv_nsec = at % SECOND};
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
    return (int)syscall(SYS_clock_gettime, clock, at);
  *at = spec(wall());
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  int64_t seen = wall();
  *at = (struct timeval){.tv_sec = seen / SECOND, .tv_usec = seen % SECOND / 1000};
  return 0;
}

time_t time(time_t *at) {
  time_t seen = wall() / SECOND;
  if (at) *at = seen;
  return seen;
}

int timespec_get(struct timespec *at, int base) {
  if (base != TIME_UTC) return 0;
  *at = spec(wall());
  return base;
}

/* Whoever waits for a moment by the wall clock waits longer when it goes back, as with a real one. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  if (until->tv_sec < LONGEST_UPTIME)
    return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, until);
  int64_t end = until->tv_sec * SECOND + until->tv_nsec;
  int status;
  do {
    int64_t left = end - wall();
    struct timespec next = spec(now(CLOCK_MONOTONIC) + (left > 0 ? left : 0));
    status = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &next);
  } while (status == ETIMEDOUT && wall() < end);
  return status;
}

/* The client library is bound to this one. In glibc its arguments are those of the other. */
int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict until) {
  int status = pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, until);
  return status == 0 ? thrd_success : status == ETIMEDOUT ? thrd_timedout : thrd_error;
}
