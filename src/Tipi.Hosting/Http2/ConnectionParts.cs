using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>What those of one connection work with who receive its frames and end its streams.</summary>
internal sealed class ConnectionParts
{
    internal ConnectionParts(
        ServerConnection owner, ExchangeContext shared, RequestScheduler? scheduler, IOutputOwner sender)
    {
        Owner = owner;
        Output = new FrameOutput(owner, sender);
        Gate = Output.Gate;
        Context = new StreamContext(owner, shared, scheduler, Output);
        Streams = new StreamTable(owner);
        Block = new OpenBlock(owner.Limits);
        Owed = new OwedFrames(owner, Output.Time, Block);
        Budget = new Http2Budget(owner.Limits.Http2Allowances, owner.Server.Clock.NowMs);
        Life = new ConnectionLife(owner, Output, Streams);
        Idle = new IdleWatch(Context, Streams, Life, Owed);
    }

    internal ServerConnection Owner { get; }

    internal FrameOutput Output { get; }

    /// <summary>That of <see cref="Output"/>.</summary>
    internal Lock Gate { get; }

    internal StreamContext Context { get; }

    internal StreamTable Streams { get; }

    /// <summary>The field block that comes in several frames.</summary>
    internal OpenBlock Block { get; }

    internal OwedFrames Owed { get; }

    internal Http2Budget Budget { get; }

    internal ConnectionLife Life { get; }

    internal IdleWatch Idle { get; }

    /// <summary>The client sent a frame that asks for no response. Called by the connection's loop.</summary>
    internal Http2Error Spend() => Budget.Spend(Output.CreditedFrames);
}
