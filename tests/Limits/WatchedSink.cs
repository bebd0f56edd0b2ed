using Xunit.Sdk;

namespace Tipi.Tests.Limits;

/// <summary>Passes on what is reported, after a watch has heard it.</summary>
internal sealed class WatchedSink(IMessageSink sink, RunWatch watch) : IMessageSink
{
    public bool OnMessage(IMessageSinkMessage message)
    {
        watch.Hear(message, sink);
        return sink.OnMessage(message);
    }
}
