//! The system calls that are left to a process that reads a file: those of a program that computes, takes its input from standard
//! input, and says what came of it. All others fail with "operation not permitted", which a parser can bear.

use std::collections::BTreeMap;

use libc::{EPERM, PROT_EXEC, STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO, c_long};
use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Op, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter_all_threads,
};

/// Calls that may be made with any arguments: none of them names a file, a process or an address in the network.
const FREE: [c_long; 24] = [
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads that wait for one another, and their end.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_membarrier,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    // How the end of a process comes about: a stack that overflows, a panic that aborts.
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Time and chance.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_nanosleep,
];

/// Leaves to all threads of this process nothing but the list.
///
/// # Errors
/// When the kernel has no seccomp, or a thread will not have it.
pub(super) fn close() -> Result<(), Error> {
    apply_filter_all_threads(&program(std::process::id())?)
}

/// The list as the kernel takes it, for the process of this number.
fn program(own: u32) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FREE.iter().map(|call| (*call, Vec::new())).collect();
    let unset = |argument, bits: i32| condition(argument, Op::MaskedEq(bits as u64), 0);
    let is = |argument, value: i32| condition(argument, Op::Eq, u64::from(value as u32));
    // The three streams, and nothing that this process may have inherited beside them.
    rules.insert(libc::SYS_read, vec![all([is(0, STDIN_FILENO)?])?]);
    for call in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(call, vec![all([is(0, STDOUT_FILENO)?])?, all([is(0, STDERR_FILENO)?])?]);
    }
    // Memory of no file, in which nothing can be executed.
    rules.insert(libc::SYS_mmap, vec![all([is(4, -1)?, unset(2, PROT_EXEC)?])?]);
    rules.insert(libc::SYS_mprotect, vec![all([unset(2, PROT_EXEC)?])?]);
    // A process may end itself.
    rules.insert(libc::SYS_tgkill, vec![all([is(0, own as i32)?])?]);
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Errno(EPERM as u32), SeccompAction::Allow, arch)?.try_into()
}

/// What the lower half of an argument must be: file descriptors, numbers of processes and protections have no more.
fn condition(argument: u8, op: Op, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, Length::Dword, op, value)
}

fn all<const N: usize>(conditions: [SeccompCondition; N]) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: u32 = 4711;

    /// What the kernel would do with a call: runs the program as `seccomp(2)` says (only the instructions that occur).
    fn allowed(program: &BpfProgram, call: c_long, arguments: [u64; 6]) -> bool {
        let arch: u32 = if cfg!(target_arch = "x86_64") { 0xC000_003E } else { 0xC000_00B7 };
        // The structure that the program looks at: number, architecture, address, arguments.
        let mut data = (call as u32).to_le_bytes().to_vec();
        data.extend(arch.to_le_bytes());
        data.extend([0; 8]);
        data.extend(arguments.iter().flat_map(|argument| argument.to_le_bytes()));
        let (mut at, mut value) = (0, 0_u32);
        loop {
            let step = &program[at];
            let (code, k) = (u32::from(step.code), step.k);
            at += 1;
            let jump = |holds: bool| usize::from(if holds { step.jt } else { step.jf });
            match code {
                // Load a word of the structure.
                0x20 => value = u32::from_le_bytes(data[k as usize..][..4].try_into().unwrap()),
                0x54 => value &= k,
                0x05 => at += k as usize,
                0x15 => at += jump(value == k),
                0x25 => at += jump(value > k),
                0x35 => at += jump(value >= k),
                0x06 => {
                    assert!([0x7FFF_0000, 0x0005_0000 | EPERM as u32].contains(&k), "neither allowed nor EPERM: {k:x}");
                    return k == 0x7FFF_0000;
                }
                other => panic!("unknown instruction {other:x}"),
            }
        }
    }

    #[test]
    fn only_what_computing_needs_is_allowed() {
        let program = program(OWN).unwrap();
        let streams = [libc::SYS_read, libc::SYS_write, libc::SYS_writev];
        let others = [libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_tgkill];
        let conditional: Vec<c_long> = streams.into_iter().chain(others).collect();
        // All numbers there are, also those of the second interface of x86_64.
        for call in (0..1024).chain(0x4000_0000..0x4000_0400) {
            let free = FREE.contains(&call);
            for arguments in [[0; 6], [7; 6], [u64::MAX; 6]] {
                let expected = free || conditional.contains(&call) && allowed(&program, call, arguments);
                assert_eq!(allowed(&program, call, arguments), expected, "call {call} with {arguments:?}");
            }
        }
        assert!(conditional.iter().all(|call| !allowed(&program, *call, [7; 6])), "nothing is open with nonsense");
    }

    #[test]
    fn what_could_do_harm_is_refused() {
        let program = program(OWN).unwrap();
        for (name, call) in [
            ("openat", libc::SYS_openat),
            ("openat2", libc::SYS_openat2),
            ("socket", libc::SYS_socket),
            ("connect", libc::SYS_connect),
            ("sendmsg", libc::SYS_sendmsg),
            ("execve", libc::SYS_execve),
            ("execveat", libc::SYS_execveat),
            ("clone", libc::SYS_clone),
            ("clone3", libc::SYS_clone3),
            ("ptrace", libc::SYS_ptrace),
            ("process_vm_readv", libc::SYS_process_vm_readv),
            ("process_vm_writev", libc::SYS_process_vm_writev),
            ("pidfd_open", libc::SYS_pidfd_open),
            ("pidfd_getfd", libc::SYS_pidfd_getfd),
            ("kill", libc::SYS_kill),
            ("tkill", libc::SYS_tkill),
            ("prlimit64", libc::SYS_prlimit64),
            ("io_uring_setup", libc::SYS_io_uring_setup),
            ("bpf", libc::SYS_bpf),
            ("unlinkat", libc::SYS_unlinkat),
            ("prctl", libc::SYS_prctl),
            ("ioctl", libc::SYS_ioctl),
        ] {
            assert!(!allowed(&program, call, [0; 6]), "{name}");
        }
    }

    #[test]
    fn arguments_count() {
        let program = program(OWN).unwrap();
        let check = |call: c_long, arguments: [u64; 6], expected: bool| {
            assert_eq!(allowed(&program, call, arguments), expected, "call {call} with {arguments:?}");
        };
        let none = u64::from(u32::MAX);
        check(libc::SYS_read, [0, 1, 2, 0, 0, 0], true);
        check(libc::SYS_read, [3, 1, 2, 0, 0, 0], false);
        check(libc::SYS_write, [1, 1, 2, 0, 0, 0], true);
        check(libc::SYS_write, [2, 1, 2, 0, 0, 0], true);
        check(libc::SYS_write, [0, 1, 2, 0, 0, 0], false);
        check(libc::SYS_write, [3, 1, 2, 0, 0, 0], false);
        check(libc::SYS_mmap, [0, 4096, 3, 34, none, 0], true);
        check(libc::SYS_mmap, [0, 4096, 3, 34, u64::MAX, 0], true);
        check(libc::SYS_mmap, [0, 4096, 3, 2, 3, 0], false);
        check(libc::SYS_mmap, [0, 4096, 7, 34, none, 0], false);
        check(libc::SYS_mprotect, [0, 4096, 3, 0, 0, 0], true);
        check(libc::SYS_mprotect, [0, 4096, 5, 0, 0, 0], false);
        check(libc::SYS_tgkill, [u64::from(OWN), 1, 6, 0, 0, 0], true);
        check(libc::SYS_tgkill, [1, 1, 6, 0, 0, 0], false);
    }
}
