// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The hooks of tier A: what a process in a control group that has a policy may do with files, programs, other processes
// and the kernel itself. What no rule allows is refused and reported; a group without a policy is not asked anything.
// It knows groups, places of files and kinds of access, and no function.
//
// Only the members that are read are written down of the kernel's structures; where they lie is found out when the
// object is loaded, from the kernel's own description of its types. build.sh makes lsm.bpf.o of this; a test compares.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))
#define RELOCATED __attribute__((preserve_access_index))
#define UNUSED __attribute__((unused))
#define UINT(name, value) int (*name)[value]
#define TYPE(name, type) type *name

enum { MAP_HASH = 1, MAP_ARRAY = 2, MAP_RINGBUF = 27 };
enum { NO_PREALLOC = 1 };
enum { ALLOW = 0, REFUSE = -1 }; // EPERM

struct dentry;
struct qstr {
  const u8 *name;
} RELOCATED;
struct super_block {
  u32 s_dev;
  unsigned long s_flags;
} RELOCATED;
struct inode {
  u16 i_mode;
  unsigned long i_ino;
} RELOCATED;
struct dentry {
  struct dentry *d_parent;
  struct qstr d_name;
  struct inode *d_inode;
  struct super_block *d_sb;
} RELOCATED;
struct vfsmount {
  struct dentry *mnt_root;
} RELOCATED;
struct mount {
  struct mount *mnt_parent;
  struct dentry *mnt_mountpoint;
  struct vfsmount mnt;
  void *mnt_ns;
} RELOCATED;
struct path {
  struct vfsmount *mnt;
  struct dentry *dentry;
} RELOCATED;
struct file {
  u32 f_mode;
  u32 f_flags;
  struct path f_path;
} RELOCATED;
struct linux_binprm {
  struct file *file;
} RELOCATED;
struct vm_area_struct {
  struct file *vm_file;
} RELOCATED;
struct kernfs_node {
  u64 id;
} RELOCATED;
struct cgroup {
  struct kernfs_node *kn;
} RELOCATED;
struct css_set {
  struct cgroup *dfl_cgrp;
} RELOCATED;
struct fdtable {
  u32 max_fds;
  struct file **fd;
} RELOCATED;
struct files_struct {
  struct fdtable *fdt;
} RELOCATED;
struct task_struct {
  int tgid;
  struct css_set *cgroups;
  struct files_struct *files;
} RELOCATED;

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static u64 (*const current_pid_tgid)(void) = (void *)14;
static struct task_struct *(*const current_task)(void) = (void *)35;
static u64 (*const current_cgroup)(void) = (void *)80;
static s64 (*const read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static s64 (*const read_kernel_text)(void *to, u32 size, const void *from) = (void *)115;
static void *(*const ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *data, u64 flags) = (void *)132;

#define READ(to, from) read_kernel(&(to), sizeof(to), &(from))

// Keep what follows in step with lsm.ts.
enum { READ_FILE = 1, LIST = 2, WRITE = 4, RUN = 8, MAP = 16, LISTEN = 32 };
enum { NAMES = 16, NAME_BYTES = 64 };
// Hooks, in the order of the programs in lsm.ts.
enum {
  FILE_OPEN,
  PATH_MKNOD,
  PATH_MKDIR,
  PATH_UNLINK,
  PATH_RMDIR,
  PATH_SYMLINK,
  PATH_LINK,
  PATH_RENAME,
  PATH_TRUNCATE,
  PATH_CHMOD,
  PATH_CHOWN,
  EXEC,
  MMAP_FILE,
  FILE_MPROTECT,
  PTRACE,
  KILL,
  BPF,
  MOUNT,
  UMOUNT,
  MOVE_MOUNT,
  USERNS,
  UNIX_STREAM,
  UNIX_DATAGRAM,
  SOCKET,
};

struct place {
  u64 cgroup;
  u64 inode;
  u32 device; // as the kernel numbers it inside
  u32 unused;
};
struct refusal {
  u64 cgroup;
  u32 hook;
  u32 wanted; // rights, or what else there is to say: a process, a command, a family
  u32 names_count;
  u32 process;
  char names[NAMES][NAME_BYTES]; // of a path, the last one first
};
struct question {
  u32 file; // a file descriptor of the caller's
  u32 device;
  u64 inode;
};

struct {
  UINT(type, MAP_HASH);
  UINT(max_entries, 1024);
  TYPE(key, u64);
  TYPE(value, u32);
} policies SEC(".maps");

struct {
  UINT(type, MAP_HASH);
  UINT(max_entries, 65536);
  UINT(map_flags, NO_PREALLOC);
  TYPE(key, struct place);
  TYPE(value, u32); // rights
} rules SEC(".maps");

struct {
  UINT(type, MAP_RINGBUF);
  UINT(max_entries, 262144);
} refusals SEC(".maps");

// How often the kernel has asked while process 0 was this one's: whether it asks at all can not be read anywhere.
struct {
  UINT(type, MAP_ARRAY);
  UINT(max_entries, 2);
  TYPE(key, u32);
  TYPE(value, u64);
} asked SEC(".maps");

ALWAYS_INLINE int confined(u64 *cgroup) {
  *cgroup = current_cgroup();
  return map_lookup(&policies, cgroup) != 0;
}

ALWAYS_INLINE struct mount *mount_of(struct vfsmount *mnt) {
  struct mount *none = 0;
  return (struct mount *)((char *)mnt - (u64)__builtin_preserve_access_index(&none->mnt));
}

// One step up, over the mount where the file system begins. False at the top, and where a tree hangs nowhere.
ALWAYS_INLINE int climb(struct dentry **dentry, struct mount **mount) {
  struct dentry *root = 0, *next = 0;
  struct mount *up = *mount;
  READ(root, (*mount)->mnt.mnt_root);
  if (*dentry == root) {
    READ(up, (*mount)->mnt_parent);
    READ(next, (*mount)->mnt_mountpoint);
  } else {
    READ(next, (*dentry)->d_parent);
  }
  // Both are their own parents at the top.
  if (next == *dentry && up == *mount) return 0;
  *dentry = next;
  *mount = up;
  return 1;
}

enum { DEPTH_MAX = 64 }; // deeper than that everything is refused
// Flags of file systems. Pipes, sockets and memory files have no name, so no rule can name them.
enum { NO_USER = 1u << 31, KERNELS_OWN = 1 << 22 };
#define OF_THE_KERNEL ((void *)-22) // a mount that no process sees

// File systems that are made of others open those by such a mount; it was judged under the name that led there.
ALWAYS_INLINE u32 given_at_top(struct mount *mount, unsigned long flags) {
  void *owner = 0;
  READ(owner, mount->mnt_ns);
  return owner == OF_THE_KERNEL && !(flags & KERNELS_OWN) ? READ_FILE | LIST | WRITE : 0;
}

// Whether the rules for a place and for the folders above it give all that is wanted, together.
NOINLINE int allowed(u64 cgroup, struct dentry *dentry, struct vfsmount *mnt, u32 wanted) {
  struct mount *mount = mount_of(mnt);
  u32 given = 0;
  for (int i = 0; i < DEPTH_MAX; i++) {
    struct super_block *sb = 0;
    struct inode *inode = 0;
    unsigned long flags = 0, number = 0;
    struct place place = {.cgroup = cgroup};
    READ(sb, dentry->d_sb);
    READ(flags, sb->s_flags);
    if (flags & NO_USER) given |= READ_FILE | LIST | WRITE;
    READ(place.device, sb->s_dev);
    READ(inode, dentry->d_inode);
    READ(number, inode->i_ino);
    place.inode = number;
    u32 *rights = map_lookup(&rules, &place);
    if (rights) given |= *rights;
    if ((given & wanted) == wanted) return 1;
    if (!climb(&dentry, &mount)) return ((given | given_at_top(mount, flags)) & wanted) == wanted;
  }
  return 0;
}

// A full buffer loses the report, never the refusal.
ALWAYS_INLINE struct refusal *begin(u64 cgroup, u32 hook, u32 wanted) {
  struct refusal *refusal = ringbuf_reserve(&refusals, sizeof(*refusal), 0);
  if (!refusal) return 0;
  refusal->cgroup = cgroup;
  refusal->hook = hook;
  refusal->wanted = wanted;
  refusal->names_count = 0;
  refusal->process = current_pid_tgid() >> 32;
  return refusal;
}

ALWAYS_INLINE int refuse(u64 cgroup, u32 hook, u32 about) {
  struct refusal *refusal = begin(cgroup, hook, about);
  if (refusal) ringbuf_submit(refusal, 0);
  return REFUSE;
}

struct subject {
  struct dentry *dentry;
  struct vfsmount *mnt;
};

NOINLINE int refuse_place(u64 cgroup, u32 hook, u32 wanted, struct subject *subject) {
  struct refusal *refusal = begin(cgroup, hook, wanted);
  if (!refusal) return REFUSE;
  struct dentry *dentry = subject->dentry;
  struct mount *mount = mount_of(subject->mnt);
  u32 count = 0;
  for (int i = 0; i < NAMES; i++) {
    const u8 *name = 0;
    struct dentry *root = 0;
    READ(root, mount->mnt.mnt_root);
    refusal->names[i][0] = 0; // A mount has its name on the other side.
    if (dentry != root) {
      READ(name, dentry->d_name.name);
      read_kernel_text(refusal->names[i], NAME_BYTES, name);
    }
    count = i + 1;
    if (!climb(&dentry, &mount)) break;
  }
  refusal->names_count = count;
  ringbuf_submit(refusal, 0);
  return REFUSE;
}

ALWAYS_INLINE int judge(u64 cgroup, u32 hook, u32 wanted, struct subject subject) {
  if (allowed(cgroup, subject.dentry, subject.mnt, wanted)) return ALLOW;
  return refuse_place(cgroup, hook, wanted, &subject);
}

ALWAYS_INLINE struct subject at(const struct path *path) {
  struct subject subject = {0, 0};
  READ(subject.dentry, path->dentry);
  READ(subject.mnt, path->mnt);
  return subject;
}

ALWAYS_INLINE u16 mode_of(struct dentry *dentry) {
  struct inode *inode = 0;
  u16 mode = 0;
  READ(inode, dentry->d_inode);
  READ(mode, inode->i_mode);
  return mode;
}

// Something in a folder is made, replaced or removed: the folder decides, the report names what it is about.
ALWAYS_INLINE int judge_entry(u64 *ctx, u32 hook, u32 wanted) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  struct subject folder = at((const struct path *)ctx[0]);
  if (allowed(cgroup, folder.dentry, folder.mnt, wanted)) return ALLOW;
  folder.dentry = (struct dentry *)ctx[1];
  return refuse_place(cgroup, hook, wanted, &folder);
}

ALWAYS_INLINE int judge_path(u64 *ctx, u32 hook, u32 wanted) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  return judge(cgroup, hook, wanted, at((const struct path *)ctx[0]));
}

ALWAYS_INLINE int refuse_all(u32 hook, u32 about) {
  u64 cgroup;
  return confined(&cgroup) ? refuse(cgroup, hook, about) : ALLOW;
}

enum { TYPE_BITS = 0170000, SOCKET_FILE = 0140000, FOLDER = 0040000, PIPE = 0010000, REGULAR = 0100000 };
enum { SET_ID_BITS = 06000 };
enum { FOR_WRITING = 2 }; // of a file's mode
enum { FOR_EXEC = 32, EMPTIED = 01000 }; // of its flags

SEC("lsm/file_open") int file_open(u64 *ctx) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  struct file *file = (struct file *)ctx[0];
  u32 mode = 0, flags = 0;
  READ(mode, file->f_mode);
  READ(flags, file->f_flags);
  struct subject subject = at(&file->f_path);
  if (flags & FOR_EXEC) return ALLOW; // By the kernel, to run it: bprm_check judges that, mmap_file what it loads.
  u16 type = mode_of(subject.dentry) & TYPE_BITS;
  u32 wanted = type == FOLDER ? LIST : READ_FILE;
  if (mode & FOR_WRITING || flags & EMPTIED) wanted = WRITE;
  return judge(cgroup, FILE_OPEN, wanted, subject);
}

SEC("lsm/path_mknod") int path_mknod(u64 *ctx) {
  u32 mode = ctx[2], type = mode & TYPE_BITS;
  if (type == SOCKET_FILE) return judge_entry(ctx, PATH_MKNOD, LISTEN);
  if ((type && type != REGULAR && type != PIPE) || mode & SET_ID_BITS) return refuse_all(PATH_MKNOD, mode);
  return judge_entry(ctx, PATH_MKNOD, WRITE);
}
SEC("lsm/path_mkdir") int path_mkdir(u64 *ctx) { return judge_entry(ctx, PATH_MKDIR, WRITE); }
SEC("lsm/path_unlink") int path_unlink(u64 *ctx) { return judge_entry(ctx, PATH_UNLINK, WRITE); }
SEC("lsm/path_rmdir") int path_rmdir(u64 *ctx) { return judge_entry(ctx, PATH_RMDIR, WRITE); }
// Others follow it: a link in a shared folder would turn their rights on a file that this process may not reach.
SEC("lsm/path_symlink") int path_symlink(u64 *ctx) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  struct subject link = at((const struct path *)ctx[0]);
  link.dentry = (struct dentry *)ctx[1];
  return refuse_place(cgroup, PATH_SYMLINK, 0, &link);
}
// A second name below a writable folder would make any file writable: the first name has to be.
SEC("lsm/path_link") int path_link(u64 *ctx) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  struct subject to = at((const struct path *)ctx[1]);
  struct subject from = {(struct dentry *)ctx[0], to.mnt}; // Links never cross a mount.
  int verdict = judge(cgroup, PATH_LINK, WRITE, from);
  if (verdict != ALLOW || allowed(cgroup, to.dentry, to.mnt, WRITE)) return verdict;
  to.dentry = (struct dentry *)ctx[2];
  return refuse_place(cgroup, PATH_LINK, WRITE, &to);
}
SEC("lsm/path_rename") int path_rename(u64 *ctx) {
  int verdict = judge_entry(ctx, PATH_RENAME, WRITE);
  return verdict == ALLOW ? judge_entry(ctx + 2, PATH_RENAME, WRITE) : verdict;
}
SEC("lsm/path_truncate") int path_truncate(u64 *ctx) { return judge_path(ctx, PATH_TRUNCATE, WRITE); }
SEC("lsm/path_chmod") int path_chmod(u64 *ctx) {
  if (ctx[1] & SET_ID_BITS) return refuse_all(PATH_CHMOD, ctx[1]);
  return judge_path(ctx, PATH_CHMOD, WRITE);
}
SEC("lsm/path_chown") int path_chown(u64 *ctx) { return judge_path(ctx, PATH_CHOWN, WRITE); }

SEC("lsm/bprm_check_security") int bprm_check(u64 *ctx) {
  u64 cgroup;
  if (!confined(&cgroup)) return ALLOW;
  struct file *file = 0;
  READ(file, ((struct linux_binprm *)ctx[0])->file);
  return judge(cgroup, EXEC, RUN, at(&file->f_path));
}

enum { EXECUTABLE = 4 };

ALWAYS_INLINE int judge_code(struct file *file, u32 hook) {
  u64 cgroup;
  if (!file || !confined(&cgroup)) return ALLOW;
  return judge(cgroup, hook, MAP, at(&file->f_path));
}
SEC("lsm/mmap_file") int mmap_file(u64 *ctx) {
  return ctx[2] & EXECUTABLE ? judge_code((struct file *)ctx[0], MMAP_FILE) : ALLOW;
}
// The same in two steps: mapped as data first.
SEC("lsm/file_mprotect") int file_mprotect(u64 *ctx) {
  struct file *file = 0;
  if (!(ctx[2] & EXECUTABLE)) return ALLOW;
  READ(file, ((struct vm_area_struct *)ctx[0])->vm_file);
  return judge_code(file, FILE_MPROTECT);
}

// Itself and what it has started share its group.
ALWAYS_INLINE int judge_process(struct task_struct *task, u32 hook) {
  u64 cgroup, other = 0;
  if (!confined(&cgroup)) return ALLOW;
  struct css_set *set = 0;
  struct cgroup *group = 0;
  struct kernfs_node *node = 0;
  int process = 0;
  READ(set, task->cgroups);
  READ(group, set->dfl_cgrp);
  READ(node, group->kn);
  READ(other, node->id);
  if (other == cgroup) return ALLOW;
  READ(process, task->tgid);
  return refuse(cgroup, hook, process);
}
SEC("lsm/ptrace_access_check") int ptrace_access(u64 *ctx) {
  return judge_process((struct task_struct *)ctx[0], PTRACE);
}
SEC("lsm/task_kill") int task_kill(u64 *ctx) { return judge_process((struct task_struct *)ctx[0], KILL); }

SEC("lsm/bpf") int bpf(u64 *ctx) {
  u32 first = 0, second = 1;
  u64 *process = map_lookup(&asked, &first), *count = map_lookup(&asked, &second);
  if (process && count && *process == current_pid_tgid() >> 32) __sync_fetch_and_add(count, 1);
  return refuse_all(BPF, ctx[0]);
}
SEC("lsm/sb_mount") int sb_mount(u64 *ctx UNUSED) { return refuse_all(MOUNT, 0); }
SEC("lsm/sb_umount") int sb_umount(u64 *ctx UNUSED) { return refuse_all(UMOUNT, 0); }
SEC("lsm/move_mount") int move_mount(u64 *ctx UNUSED) { return refuse_all(MOVE_MOUNT, 0); }
SEC("lsm/userns_create") int userns_create(u64 *ctx UNUSED) { return refuse_all(USERNS, 0); }

// Sockets with a name in the file system; a pair of sockets needs none.
SEC("lsm/unix_stream_connect") int unix_stream(u64 *ctx UNUSED) { return refuse_all(UNIX_STREAM, 0); }
SEC("lsm/unix_may_send") int unix_datagram(u64 *ctx UNUSED) { return refuse_all(UNIX_DATAGRAM, 0); }
// Those of the internet are the network layer's.
enum { LOCAL = 1, INTERNET = 2, INTERNET6 = 10 };
SEC("lsm/socket_create") int socket_create(u64 *ctx) {
  u32 family = ctx[0];
  return family == LOCAL || family == INTERNET || family == INTERNET6 ? ALLOW : refuse_all(SOCKET, family);
}

// Not a hook: notes the number of the caller. In a container it would not know what the kernel calls it.
SEC("syscall") int meet(struct question *question UNUSED) {
  u32 first = 0;
  u64 *process = map_lookup(&asked, &first);
  if (process) *process = current_pid_tgid() >> 32;
  return ALLOW;
}

// Not a hook: says where an open file of the caller's lies, as the hooks see it. What stat() says is another thing on
// file systems that stand for several.
SEC("syscall") int locate(struct question *question) {
  struct files_struct *files = 0;
  struct fdtable *table = 0;
  struct file **slots = 0, *file = 0;
  struct dentry *dentry = 0;
  struct super_block *sb = 0;
  struct inode *inode = 0;
  u32 max = 0, device = 0, wanted = question->file;
  unsigned long number = 0;
  READ(files, current_task()->files);
  READ(table, files->fdt);
  READ(max, table->max_fds);
  READ(slots, table->fd);
  if (wanted >= max) return REFUSE;
  READ(file, slots[wanted]);
  READ(dentry, file->f_path.dentry);
  READ(sb, dentry->d_sb);
  READ(device, sb->s_dev);
  READ(inode, dentry->d_inode);
  READ(number, inode->i_ino);
  question->device = device;
  question->inode = number;
  return ALLOW;
}

// The kernel lends several of its functions only to programs under the GPL; this file may be used under it.
char _license[] SEC("license") = "Dual MIT/GPL";
