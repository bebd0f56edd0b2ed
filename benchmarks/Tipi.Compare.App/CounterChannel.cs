using System.Globalization;
using System.Runtime;

namespace Tipi.Compare.App;

/// <summary>
/// Tells the harness this process's counters over standard input and output, so that asking costs no request and
/// no route. One word a line comes in: <c>allocated</c> answers the bytes allocated so far, <c>compiled</c> the
/// milliseconds that the compiler has worked so far, <c>collect</c> makes a full compacting collection and answers the
/// bytes of the objects that live on. The end of the input stops the application: a harness that dies leaves nobody
/// behind.
/// </summary>
internal sealed class CounterChannel(Action stop)
{
    /// <summary>Starts to listen, on a thread of its own.</summary>
    public void Start() => new Thread(Serve) { IsBackground = true, Name = "counters" }.Start();

    private void Serve()
    {
        while (Console.In.ReadLine() is { } question)
        {
            Console.Out.WriteLine(Answer(question).ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }

        stop();
    }

    private static long Answer(string question)
    {
        switch (question)
        {
            case "allocated":
                return GC.GetTotalAllocatedBytes(precise: true);
            case "compiled":
                return (long)JitInfo.GetCompilationTime().TotalMilliseconds;
            case "collect":
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
                return GC.GetTotalMemory(forceFullCollection: false);
            default:
                return -1;
        }
    }
}
