using System.Runtime.InteropServices;

namespace Tipi.Tests.Kernel;

/// <summary>
/// Runs code on a thread to which the kernel refuses io_uring, as a container's seccomp profile does. The filter is
/// the thread's own (and that of threads it starts) and goes with it.
/// </summary>
public static class ForbiddingThread
{
    public const int Eperm = 1;
    public const int Enosys = 38;
    public const int Eagain = 11;
    public const int Enomem = 12;

    private const int PrSetNoNewPrivs = 38;
    private const int PrSetSeccomp = 22;
    private const int SeccompModeFilter = 2;
    private const int IoUringSetup = 425;
    private const int IoUringEnter = 426;
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
                Forbid(IoUringSetup, errno);
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

    /// <summary>
    /// From now on, and for good, io_uring_enter answers the calling thread with <paramref name="errno"/>.
    /// </summary>
    public static void ForbidEnter(int errno) => Forbid(IoUringEnter, errno);

    // A classic BPF program: load the number of the system call, compare, answer.
    private static void Forbid(uint call, int errno)
    {
        (ushort Code, byte JumpTrue, byte JumpFalse, uint Value)[] instructions =
        [
            (LoadWord, 0, 0, 0),
            (JumpIfEqual, 0, 1, call),
            (Return, 0, 0, ReturnErrno | (uint)errno),
            (Return, 0, 0, ReturnAllow),
        ];

        // struct sock_fprog: the count, and at offset 8 the address of the instructions, which follow here.
        var program = Marshal.AllocHGlobal(16 + instructions.Length * 8);
        try
        {
            Marshal.WriteInt64(program, instructions.Length);
            Marshal.WriteIntPtr(program, 8, program + 16);
            for (var i = 0; i < instructions.Length; i++) Write(program + 16 + i * 8, instructions[i]);
            if (Prctl(PrSetNoNewPrivs, 1, 0, 0, 0) != 0 || Prctl(PrSetSeccomp, SeccompModeFilter, program, 0, 0) != 0)
                throw new InvalidOperationException("prctl refused the filter.");
        }
        finally
        {
            Marshal.FreeHGlobal(program);
        }
    }

    private static void Write(nint at, (ushort Code, byte JumpTrue, byte JumpFalse, uint Value) instruction)
    {
        Marshal.WriteInt16(at, (short)instruction.Code);
        Marshal.WriteByte(at, 2, instruction.JumpTrue);
        Marshal.WriteByte(at, 3, instruction.JumpFalse);
        Marshal.WriteInt32(at, 4, (int)instruction.Value);
    }

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Prctl(int option, nint a, nint b, nint c, nint d);
}
