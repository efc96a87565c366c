// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The network layer of the sandbox: what a process in moult's control group may do with internet sockets. A group
// without a policy may do nothing. It knows groups by their id, and no function.
//
// The structures below are the kernel's stable interface to such programs (linux/bpf.h), written down here so that
// the object can be built anywhere, holds nothing of the machine it was built on, and loads on every kernel that has
// such programs. build.sh makes moult.bpf.o of it; a test compares the two.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UINT(name, value) int (*name)[value]
#define TYPE(name, type) type *name

enum { MAP_HASH = 1, MAP_RINGBUF = 27 };
enum { REFUSE = 0, ALLOW = 1 };

// The members that are read, at the offsets of linux/bpf.h.
struct bpf_sock_addr {
  u32 user_family;
  u32 user_ip4;
  u32 user_ip6[4];
  u32 user_port; // network byte order
  u32 family;
  u32 type;
  u32 protocol;
};
struct bpf_sock {
  u32 bound_dev_if;
  u32 family;
  u32 type;
  u32 protocol;
};
struct __sk_buff {
  u32 len;
};

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static u64 (*const current_cgroup)(void) = (void *)80;
static u64 (*const skb_cgroup)(struct __sk_buff *skb) = (void *)79;
static void *(*const ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *data, u64 flags) = (void *)132;

// Keep in step with network.ts.
enum { CREATE = 1, CONNECT = 2, SEND = 4, BIND = 8, PACKETS = 16 };

struct policy {
  u32 allowed; // bits of the enumeration above
  u32 unused;
  u64 sent; // bytes of packets that were let out
};
struct refusal {
  u64 cgroup;
  u32 what; // one bit of the enumeration above
  u16 family;
  u16 port; // network byte order
  u8 address[16];
  u16 type;
  u16 protocol;
  u32 unused;
};

struct {
  UINT(type, MAP_HASH);
  UINT(max_entries, 1024);
  TYPE(key, u64);
  TYPE(value, struct policy);
} policies SEC(".maps");

struct {
  UINT(type, MAP_RINGBUF);
  UINT(max_entries, 65536);
} refusals SEC(".maps");

ALWAYS_INLINE int allows(u64 cgroup, u32 what) {
  struct policy *policy = map_lookup(&policies, &cgroup);
  return policy && (policy->allowed & what);
}

// A full buffer loses the report, never the refusal.
ALWAYS_INLINE struct refusal *begin(u64 cgroup, u32 what, u16 family) {
  struct refusal *refusal = ringbuf_reserve(&refusals, sizeof(*refusal), 0);
  if (!refusal) return 0;
  refusal->cgroup = cgroup;
  refusal->what = what;
  refusal->family = family;
  refusal->port = 0;
  __builtin_memset(refusal->address, 0, 16);
  refusal->type = 0;
  refusal->protocol = 0;
  refusal->unused = 0;
  return refusal;
}

ALWAYS_INLINE int judge4(struct bpf_sock_addr *to, u32 what) {
  u64 cgroup = current_cgroup();
  if (allows(cgroup, what)) return ALLOW;
  struct refusal *refusal = begin(cgroup, what, 2);
  if (!refusal) return REFUSE;
  *(u32 *)refusal->address = to->user_ip4;
  refusal->port = to->user_port;
  refusal->type = to->type;
  refusal->protocol = to->protocol;
  ringbuf_submit(refusal, 0);
  return REFUSE;
}

ALWAYS_INLINE int judge6(struct bpf_sock_addr *to, u32 what) {
  u64 cgroup = current_cgroup();
  if (allows(cgroup, what)) return ALLOW;
  struct refusal *refusal = begin(cgroup, what, 10);
  if (!refusal) return REFUSE;
  u32 *address = (u32 *)refusal->address;
  address[0] = to->user_ip6[0];
  address[1] = to->user_ip6[1];
  address[2] = to->user_ip6[2];
  address[3] = to->user_ip6[3];
  refusal->port = to->user_port;
  refusal->type = to->type;
  refusal->protocol = to->protocol;
  ringbuf_submit(refusal, 0);
  return REFUSE;
}

SEC("cgroup/connect4") int connect4(struct bpf_sock_addr *to) { return judge4(to, CONNECT); }
SEC("cgroup/connect6") int connect6(struct bpf_sock_addr *to) { return judge6(to, CONNECT); }
SEC("cgroup/sendmsg4") int sendmsg4(struct bpf_sock_addr *to) { return judge4(to, SEND); }
SEC("cgroup/sendmsg6") int sendmsg6(struct bpf_sock_addr *to) { return judge6(to, SEND); }
SEC("cgroup/bind4") int bind4(struct bpf_sock_addr *to) { return judge4(to, BIND); }
SEC("cgroup/bind6") int bind6(struct bpf_sock_addr *to) { return judge6(to, BIND); }

SEC("cgroup/sock_create") int sock_create(struct bpf_sock *sock) {
  u64 cgroup = current_cgroup();
  if (allows(cgroup, CREATE)) return ALLOW;
  struct refusal *refusal = begin(cgroup, CREATE, sock->family);
  if (!refusal) return REFUSE;
  refusal->type = sock->type;
  refusal->protocol = sock->protocol;
  ringbuf_submit(refusal, 0);
  return REFUSE;
}

// The last line, for sockets that were there already or came some other way: no report, because a packet may leave
// long after the call that made it.
SEC("cgroup_skb/egress") int egress(struct __sk_buff *skb) {
  u64 cgroup = skb_cgroup(skb);
  struct policy *policy = map_lookup(&policies, &cgroup);
  if (!policy || !(policy->allowed & PACKETS)) return REFUSE;
  __sync_fetch_and_add(&policy->sent, skb->len);
  return ALLOW;
}

// The kernel lends the ring buffer only to programs under the GPL; this file may be used under it.
char _license[] SEC("license") = "Dual MIT/GPL";
