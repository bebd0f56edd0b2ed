using System.Runtime.InteropServices;

namespace Tipi.Tests.Kernel;

/// <summary>
/// Runs code on a thread to which the kernel refuses io_uring, as a container's seccomp profile does. The filter is
/// the thread's own (and that of threads it starts) and goes with it.
/// </summary>
public static unsafe partial class ForbiddingThread
{
    public const int Eperm = 1;
    public const int Enosys = 38;

    private const int PrSetNoNewPrivs = 38;
    private const int PrSetSeccomp = 22;
    private const int SeccompModeFilter = 2;
    private const int IoUringSetup = 425;
    private const uint ReturnErrno = 0x0005_0000;
    private const uint ReturnAllow = 0x7fff_0000;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    /// <summary>Runs <paramref name="code"/> where io_uring_setup answers with <paramref name="errno"/>.</summary>
    public static T Run<T>(int errno, Func<T> code)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Forbid(errno);
                result = code();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("The code on the forbidding thread failed.", failure);
        return result;
    }

    // A classic BPF program: load the number of the system call, compare, answer.
    private static void Forbid(int errno)
    {
        var filter = stackalloc Instruction[4]
        {
            new(LoadWord, 0, 0, 0),
            new(JumpIfEqual, 0, 1, IoUringSetup),
            new(Return, 0, 0, ReturnErrno | (uint)errno),
            new(Return, 0, 0, ReturnAllow),
        };
        var program = new Program(4, filter);
        if (Prctl(PrSetNoNewPrivs, 1, 0, 0, 0) != 0
            || Prctl(PrSetSeccomp, SeccompModeFilter, (nint)(&program), 0, 0) != 0)
            throw new InvalidOperationException("prctl refused the filter.");
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nint a, nint b, nint c, nint d);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Program(ushort length, Instruction* filter)
    {
        private readonly ushort _length = length;
        private readonly Instruction* _filter = filter;
    }
}
