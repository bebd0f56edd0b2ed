using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What a client may have done to a connection without being asked for work: each kind has an allowance, used up by
/// what only costs the server, earned again by honest requests and slowly by time. Who uses one up is told
/// ENHANCE_YOUR_CALM and leaves. Their sizes are <see cref="Http2Allowances"/>.
/// <code>
/// allowance  used up by                                           earned by, beside time
/// resets     RST_STREAM of a young request, before its answer     a request answered: 1
/// faults     what makes us reset or refuse a stream               –
/// control    SETTINGS, PING, PRIORITY, PRIORITY_UPDATE, late      a request: 4; DATA with content: 1
///            and unknown frames, WINDOW_UPDATE, empty DATA
/// answers    the same, before control is                          a DATA frame of ours: 3, 16,000 at most
/// </code>
/// A browser that closes a page with a hundred requests stays far within; so does a client that cancels every second
/// call, and one that grants two windows and measures the round trip for each message. A request that is given up later
/// has cost no more than one that was answered, and is bounded by the streams that may be open. The attacks:
/// CVE-2023-44487 (rapid reset), CVE-2025-8671 (resets that the server is provoked to), CVE-2019-9511 to 9518 (floods
/// of frames).
/// </summary>
internal sealed class Http2Budget(Http2Allowances limits, long nowMs)
{
    /// <summary>How long a request has to be open for its reset to be no attack.</summary>
    internal const int YoungMs = 1000;

    /// <summary>What honestly answers a DATA frame: updates of two windows, and a ping.</summary>
    private const int AnswersToData = 3;

    /// <summary>A client may read what it was sent at once, and answer all of it later.</summary>
    private const int MostAnswers = 16_000;

    private readonly Http2Allowances _limits = limits;
    private int _resets = limits.Resets;
    private int _faults = limits.Faults;
    private int _control = limits.ControlFrames;
    private int _answers;
    private long _dataFrames;
    private long _filledMs = nowMs;

    /// <summary>The client gives a request up.</summary>
    internal bool TryReset() => --_resets >= 0;

    /// <summary>The client makes us give a stream up.</summary>
    internal bool TryProvoke() => --_faults >= 0;

    /// <summary>The client sends a frame that asks for no response.</summary>
    /// <param name="dataFrames">DATA frames that it was sent so far.</param>
    internal Http2Error Spend(long dataFrames)
    {
        if (dataFrames > _dataFrames) OnDataSent(dataFrames - _dataFrames);
        _dataFrames = dataFrames;
        return TryControl() ? default : Calm("The client sends too many frames that request nothing.");
    }

    /// <summary>What a client is told that has used one up.</summary>
    internal static Http2Error Calm(string reason) => Http2Error.Connection(Http2ErrorCode.EnhanceYourCalm, reason);

    /// <summary>A request began.</summary>
    internal void OnRequest() => EarnControl(4);

    /// <summary>A request was answered in full.</summary>
    internal void OnAnswered()
    {
        if (_resets < _limits.Resets) _resets++;
    }

    internal void EarnControl(long frames) => _control = (int)Math.Min(_control + frames, _limits.ControlFrames);

    /// <summary>Some time has passed.</summary>
    internal void OnTime(long nowMs)
    {
        long seconds = (nowMs - _filledMs) / 1000;
        if (seconds <= 0) return;
        _filledMs = nowMs;
        _resets = (int)Math.Min(_resets + seconds * _limits.ResetsPerSecond, _limits.Resets);
        _faults = (int)Math.Min(_faults + seconds * _limits.FaultsPerSecond, _limits.Faults);
        EarnControl(seconds * _limits.ControlFramesPerSecond);
    }

    private void OnDataSent(long frames) => _answers = (int)Math.Min(_answers + AnswersToData * frames, MostAnswers);

    private bool TryControl()
    {
        if (_answers == 0) return --_control >= 0;
        _answers--;
        return true;
    }
}
