using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Http2;

/// <summary>What all streams of one connection have from it.</summary>
internal sealed class StreamContext
{
    internal StreamContext(
        ServerConnection owner, ExchangeContext shared, RequestScheduler? scheduler, FrameOutput output)
    {
        Owner = owner;
        Shared = shared;
        Output = output;
        Work = new Workplace(owner, scheduler, shared.Application);
        Uploads = new UploadWindows(output, owner.Limits.Http2.InitialConnectionWindowSize);
        WindowSize = owner.Limits.Http2.InitialStreamWindowSize;
    }

    internal ServerConnection Owner { get; }

    internal ExchangeContext Shared { get; }

    internal FrameOutput Output { get; }

    internal Workplace Work { get; }

    internal UploadWindows Uploads { get; }

    /// <summary>The window that a further stream begins with.</summary>
    internal int WindowSize { get; }

    /// <summary>The execution context of no request.</summary>
    internal ExecutionContext CleanContext { get; } = ExecutionContext.Capture()!;

    internal Lock Gate => Output.Gate;

    internal ConnectionTime Time => Output.Time;

    internal TipiServerLimits Limits => Owner.Limits;
}
