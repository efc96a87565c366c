/**
 * Numbers of the system calls a function host needs, x86-64 then arm64; -1 where a processor has no such call.
 * Taken from traces of Bun at work, and of common programs. No link, no change of mode or owner is among them.
 */

type Numbers = readonly [x64: number, arm64: number];

/** Calls allowed whatever their arguments, the frequent ones first. */
export const ALLOWED: readonly Numbers[] = [
  [202, 98], // futex
  [441, 441], // epoll_pwait2
  [281, 22], // epoll_pwait
  [45, 207], // recvfrom
  [0, 63], // read
  [1, 64], // write
  [20, 66], // writev
  [28, 233], // madvise
  [288, 242], // accept4
  [233, 21], // epoll_ctl
  [3, 57], // close
  [19, 65], // readv
  [17, 67], // pread64
  [18, 68], // pwrite64
  [47, 212], // recvmsg
  [299, 243], // recvmmsg
  [48, 210], // shutdown
  [51, 204], // getsockname
  [52, 205], // getpeername
  [54, 208], // setsockopt
  [55, 209], // getsockopt
  [5, 80], // fstat
  [8, 62], // lseek
  [9, 222], // mmap
  [10, 226], // mprotect
  [11, 215], // munmap
  [12, 214], // brk
  [25, 216], // mremap
  [13, 134], // rt_sigaction
  [14, 135], // rt_sigprocmask
  [15, 139], // rt_sigreturn
  [131, 132], // sigaltstack
  [2, -1], // open
  [4, -1], // stat
  [6, -1], // lstat
  [7, -1], // poll
  [271, 73], // ppoll
  [21, -1], // access
  [257, 56], // openat
  [262, 79], // newfstatat
  [332, 291], // statx
  [269, 48], // faccessat
  [439, 439], // faccessat2
  [89, -1], // readlink
  [267, 78], // readlinkat
  [217, 61], // getdents64
  [79, 17], // getcwd
  [74, 82], // fsync
  [75, 83], // fdatasync
  [77, 46], // ftruncate
  [285, 47], // fallocate
  [326, 285], // copy_file_range
  [82, -1], // rename
  [264, 38], // renameat
  [316, 276], // renameat2
  [83, -1], // mkdir
  [258, 34], // mkdirat
  [84, -1], // rmdir
  [87, -1], // unlink
  [263, 35], // unlinkat
  [32, 23], // dup
  [292, 24], // dup3
  [293, 59], // pipe2
  [290, 19], // eventfd2
  [291, 20], // epoll_create1
  [283, 85], // timerfd_create
  [286, 86], // timerfd_settime
  [24, 124], // sched_yield
  [204, 123], // sched_getaffinity
  [35, 101], // nanosleep
  [230, 115], // clock_nanosleep
  [228, 113], // clock_gettime
  [229, 114], // clock_getres
  [96, 169], // gettimeofday
  [98, 165], // getrusage
  [99, 179], // sysinfo
  [63, 160], // uname
  [39, 172], // getpid
  [110, 173], // getppid
  [186, 178], // gettid
  [102, 174], // getuid
  [107, 175], // geteuid
  [104, 176], // getgid
  [108, 177], // getegid
  [158, -1], // arch_prctl
  [218, 96], // set_tid_address
  [273, 99], // set_robust_list
  [334, 293], // rseq
  [324, 283], // membarrier
  [318, 278], // getrandom
  [219, 128], // restart_syscall
  [436, 436], // close_range
  [60, 93], // exit
  [231, 94], // exit_group
];

/**
 * What those need beside that start programs, and the programs themselves. No new session: by theirs they are found
 * and ended. No `truncate`, which early versions of Landlock let pass.
 */
export const ALLOWED_WITH_PROGRAMS: readonly Numbers[] = [
  [59, 221], // execve
  [58, -1], // vfork
  [57, -1], // fork
  [61, 260], // wait4
  [247, 95], // waitid
  [434, 434], // pidfd_open
  [33, -1], // dup2
  [22, -1], // pipe
  [80, 49], // chdir
  [81, 50], // fchdir
  [109, 154], // setpgid
  [121, 155], // getpgid
  [111, -1], // getpgrp
  [124, 156], // getsid
  [95, 166], // umask
  [73, 32], // flock
  [85, -1], // creat
  [78, -1], // getdents
  [137, 43], // statfs
  [138, 44], // fstatfs
  [221, 223], // fadvise64
  [187, 213], // readahead
  [277, 84], // sync_file_range
  [26, 227], // msync
  [27, 232], // mincore
  [40, 71], // sendfile
  [275, 76], // splice
  [276, 77], // tee
  [23, -1], // select
  [270, 72], // pselect6
  [213, -1], // epoll_create
  [232, -1], // epoll_wait
  [284, -1], // eventfd
  [289, 74], // signalfd4
  [127, 136], // rt_sigpending
  [128, 137], // rt_sigtimedwait
  [130, 133], // rt_sigsuspend
  [34, -1], // pause
  [37, -1], // alarm
  [36, 102], // getitimer
  [38, 103], // setitimer
  [222, 107], // timer_create
  [223, 110], // timer_settime
  [224, 108], // timer_gettime
  [225, 109], // timer_getoverrun
  [226, 111], // timer_delete
  [100, 153], // times
  [201, -1], // time
  [97, 163], // getrlimit
  [140, 141], // getpriority
  [143, 121], // sched_getparam
  [145, 120], // sched_getscheduler
  [309, 168], // getcpu
  [115, 158], // getgroups
  [118, 148], // getresuid
  [120, 150], // getresgid
];

/** Calls whose arguments decide. */
export const SPECIAL = {
  fcntl: [72, 25],
  ioctl: [16, 29],
  socket: [41, 198],
  clone: [56, 220],
  clone3: [435, 435],
  sendto: [44, 206],
  sendmsg: [46, 211],
  kill: [62, 129],
  tgkill: [234, 131],
  prlimit64: [302, 261],
  prctl: [157, 167],
  socketpair: [53, 199],
  tkill: [200, 130],
} as const satisfies Record<string, Numbers>;

/** Of `fcntl`: who is signalled about a file, and with what (F_SETOWN, F_SETSIG, F_SETOWN_EX); that needs no `kill`. */
export const FCNTL_REFUSED: readonly number[] = [8, 10, 15];
/** Of `ioctl`: the same of a socket (FIOSETOWN, SIOCSPGRP), and typing into a terminal (TIOCSTI, TIOCLINUX). */
export const IOCTL_REFUSED: readonly number[] = [0x8901, 0x8902, 0x5412, 0x541c];
