using Microsoft.Extensions.Logging;
using Tipi.Hosting.Threads;

namespace Tipi.Hosting.Diagnostics;

/// <summary>Says once what an operator should know of the process's threads. The heartbeat asks for it.</summary>
internal sealed class ThreadReport(ILogger log)
{
    private bool _isShortageSaid;
    private bool _isCrowdSaid;

    internal void Look()
    {
        if (!_isShortageSaid && (WorkThreads.Blocking.HasBeenShort || WorkThreads.Handshakes.HasBeenShort))
        {
            _isShortageSaid = true;
            log.ThreadsShort();
        }
        if (_isCrowdSaid || !WorkThreads.Blocking.HasBeenCrowded) return;
        _isCrowdSaid = true;
        log.ThreadsCrowded(WorkThreads.Blocking.Growth.AtOnce, WorkThreads.Blocking.Growth.Most);
    }
}
