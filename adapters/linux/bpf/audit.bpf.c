// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The reports of `moult dev`: which system calls of watched control groups ended with EPERM or EACCES, whichever layer
// refused them. It refuses nothing. While it is attached every system call of the machine takes some 0.1 µs more, so
// nothing else than a developer's daemon attaches it.
//
// It knows no call by its number: the table `arguments` says what to read of which. As in moult.bpf.c the kernel's
// stable interface is written down here; so is where the processors' saved registers lie, which programs outside of the
// kernel (ptrace) depend on as well. build.sh makes audit.bpf.o of it; a test compares the two.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UINT(name, value) int (*name)[value]
#define TYPE(name, type) type *name

enum { MAP_HASH = 1, MAP_ARRAY = 2, MAP_RINGBUF = 27 };
enum { EPERM = 1, EACCES = 13 };

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static u64 (*const monotonic_ns)(void) = (void *)5;
static u64 (*const current_pid_tgid)(void) = (void *)14;
static u64 (*const current_cgroup)(void) = (void *)80;
static s64 (*const read_user)(void *to, u32 size, const void *from) = (void *)112;
static s64 (*const read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static s64 (*const read_user_text)(void *to, u32 size, const void *from) = (void *)114;
static void *(*const ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *data, u64 flags) = (void *)132;

// Keep what follows in step with audit.ts.
enum { TEXT_BYTES = 512, ADDRESS_BYTES = 32, CALLS = 512 };
enum { REPORTS_MAX = 64, WINDOW_NS = 100000000 }; // of one group

struct watch {
  u64 since; // of the present window
  u32 reports;
  u32 unused;
};
struct refusal {
  u64 cgroup;
  u32 process;
  u32 call; // its number
  u32 error;
  u32 unused;
  u64 arguments[8]; // six, and room for any index of three bits
  char text[TEXT_BYTES];
  char text2[TEXT_BYTES];
  u8 address[ADDRESS_BYTES];
};

struct {
  UINT(type, MAP_HASH);
  UINT(max_entries, 1024);
  TYPE(key, u64);
  TYPE(value, struct watch);
} watched SEC(".maps");

// Which arguments point at what: the number of a text in bits 0…3, of a second one in 4…7, of a socket address in
// 8…11, each counted from 1; 0 = none.
struct {
  UINT(type, MAP_ARRAY);
  UINT(max_entries, CALLS);
  TYPE(key, u32);
  TYPE(value, u32);
} arguments SEC(".maps");

struct {
  UINT(type, MAP_RINGBUF);
  UINT(max_entries, 262144);
} refusals SEC(".maps");

// Whether one more report of this group may pass. Two processors at once may let a few more pass; that does no harm.
ALWAYS_INLINE int may_report(struct watch *watch) {
  u64 now = monotonic_ns();
  if (now - watch->since > WINDOW_NS) {
    watch->since = now;
    watch->reports = 0;
  }
  return watch->reports++ < REPORTS_MAX;
}

ALWAYS_INLINE void *pointer(struct refusal *refusal, u32 number) {
  return (void *)refusal->arguments[(number - 1) & 7];
}

ALWAYS_INLINE void read_what_they_point_at(struct refusal *refusal) {
  u32 call = refusal->call;
  u32 *known = map_lookup(&arguments, &call);
  u32 which = known ? *known : 0;
  if (which & 15) read_user_text(refusal->text, TEXT_BYTES, pointer(refusal, which & 15));
  which >>= 4;
  if (which & 15) read_user_text(refusal->text2, TEXT_BYTES, pointer(refusal, which & 15));
  which >>= 4;
  if (which & 15) read_user(refusal->address, ADDRESS_BYTES, pointer(refusal, which & 15));
}

// Where the saved registers hold the number and the arguments of a call, in bytes.
struct layout {
  u32 call;
  u32 arguments[6];
};

ALWAYS_INLINE int report(const u64 *tracepoint, const struct layout layout) {
  s64 result = (s64)tracepoint[1];
  if (result != -EPERM && result != -EACCES) return 0;
  u64 cgroup = current_cgroup();
  struct watch *watch = map_lookup(&watched, &cgroup);
  if (!watch || !may_report(watch)) return 0;
  struct refusal *refusal = ringbuf_reserve(&refusals, sizeof(*refusal), 0);
  if (!refusal) return 0;
  const char *registers = (const char *)tracepoint[0];
  refusal->cgroup = cgroup;
  refusal->process = current_pid_tgid() >> 32;
  refusal->error = (u32)-result;
  refusal->unused = 0;
  refusal->call = 0;
  read_kernel(&refusal->call, sizeof(refusal->call), registers + layout.call);
  for (int i = 0; i < 8; i++) refusal->arguments[i] = 0;
  for (int i = 0; i < 6; i++)
    read_kernel(&refusal->arguments[i], 8, registers + layout.arguments[i]);
  refusal->text[0] = refusal->text2[0] = 0;
  for (int i = 0; i < ADDRESS_BYTES; i += 8) *(u64 *)(refusal->address + i) = 0;
  read_what_they_point_at(refusal);
  ringbuf_submit(refusal, 0);
  return 0;
}

// orig_rax; rdi, rsi, rdx, r10, r8, r9
SEC("raw_tp/sys_exit") int refused_x64(const u64 *tracepoint) {
  const struct layout layout = {120, {112, 104, 96, 56, 72, 64}};
  return report(tracepoint, layout);
}

// syscallno; x0 as it was before the result came to lie there, x1…x5
SEC("raw_tp/sys_exit") int refused_arm64(const u64 *tracepoint) {
  const struct layout layout = {280, {272, 8, 16, 24, 32, 40}};
  return report(tracepoint, layout);
}

// The kernel lends the ring buffer only to programs under the GPL; this file may be used under it.
char _license[] SEC("license") = "Dual MIT/GPL";
