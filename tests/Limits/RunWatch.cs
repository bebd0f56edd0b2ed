using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Sdk;

namespace Tipi.Tests.Limits;

/// <summary>
/// No run of tests hangs without a name. A test that takes too long fails and ends the process: nothing else can stop
/// code that waits. So does a process that reports nothing for as long while no test runs: before the first one, in a
/// fixture, or after the last one. Nobody is late while somebody debugs.
/// </summary>
/// <remarks>
/// Time is counted in looks of a second, so that a machine that stands still or is very busy gives more of it.
/// xunit's own timeout, of an attribute, holds for asynchronous tests only, and has to be said at each.
/// </remarks>
internal sealed class RunWatch(int limitSeconds, Action<string> end)
{
    /// <summary>Of the platform: the session was aborted.</summary>
    private const int ExitCode = 3;

    /// <summary>Several times as long as the longest test takes on a machine that does other things, too.</summary>
    private const int LimitSeconds = 300;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    // Until what was reported last is written; and until a process that cannot even exit is ended otherwise.
    private static readonly TimeSpan s_reportPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_exitPatience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, RunningTest> _running = [];
    private volatile int _looks;
    private volatile int _heardAtLook;
    private volatile string _heard = "the start";
    private volatile string _lastTest = "none";
    private bool _isOver;

    /// <summary>A watch for this process, with a thread of its own: a pool without threads must not stop it.</summary>
    internal static RunWatch Start()
    {
        // Some tests go on for as long as they are told to.
        _ = int.TryParse(
            Environment.GetEnvironmentVariable("TIPI_STRESS_SECONDS"), CultureInfo.InvariantCulture, out int more);
        var watch = new RunWatch(LimitSeconds + Math.Max(more, 0), End);
        StartThread(watch.Run);
        return watch;
    }

    /// <summary>Something was reported; from any thread.</summary>
    internal void Hear(IMessageSinkMessage message, IMessageSink sink)
    {
        (_heard, _heardAtLook) = (message.GetType().Name, _looks);
        if (message is ITestStarting beginning)
            _running[beginning.TestUniqueID] = new RunningTest(beginning, sink, _looks);
        else if (message is ITestFinished finished && _running.TryRemove(finished.TestUniqueID, out RunningTest? test))
            _lastTest = test.Name;
    }

    /// <summary>A second has passed. Ends the process once; what is late is then said to have failed.</summary>
    internal void Look()
    {
        int look = ++_looks;
        RunningTest[] late = [.. _running.Values.Where(test => look - test.SinceLook > limitSeconds)];
        bool isSilent = _running.IsEmpty && look - _heardAtLook > limitSeconds;
        if (_isOver || (late.Length == 0 && !isSilent)) return;
        _isOver = true;
        end(isSilent
            ? $"No test ran, and nothing was reported for {limitSeconds} s. The last test was {_lastTest}, and the "
                + $"last report {_heard}."
            : $"After {limitSeconds} s these tests had not ended:{Names(late)}\nOthers that ran:"
                + Names(_running.Values.Except(late)));
        foreach (RunningTest test in late)
            test.Fail($"It had not ended after {limitSeconds} s, and the process was ended.", limitSeconds);
    }

    private static string Names(IEnumerable<RunningTest> tests) =>
        string.Concat(tests.Select(test => $"\n  {test.Name}"));

    private static void End(string reason)
    {
        // First of all, and on threads of their own: whatever hangs here may hang what follows, too.
        StartThread(() =>
        {
            Thread.Sleep(s_exitPatience);
            Environment.FailFast(reason);
        });
        StartThread(() =>
        {
            Console.Error.WriteLine($"{reason}\n{ProcessPicture.Take()}");
            Thread.Sleep(s_reportPatience);
            Environment.Exit(ExitCode);
        });
    }

    private static void StartThread(Action run) =>
        new Thread(() => run()) { IsBackground = true, Name = "test-limit" }.Start();

    private void Run()
    {
        while (true)
        {
            Thread.Sleep(s_look);
            if (!Debugger.IsAttached) Look();
        }
    }
}
