namespace Tipi.Hosting.Http2;

/// <summary>
/// What a client may have done to a connection without being asked for work: each kind has an allowance, used up by
/// what only costs the server, earned again by honest requests and slowly by time. Who uses one up is told
/// ENHANCE_YOUR_CALM and leaves.
/// <code>
/// allowance  used up by                                       at most  a second  earned by
/// resets     RST_STREAM of a request not answered yet             200        20  a request answered: 1
/// provoked   what makes us reset or refuse a stream               100        10  –
/// control    SETTINGS, PING, PRIORITY, PRIORITY_UPDATE, late     1000       100  a request: 4; DATA with content: 1;
///            and unknown frames, WINDOW_UPDATE, empty DATA                       a DATA frame of ours: 2
/// </code>
/// A browser that closes a page with a hundred requests stays far within; so does a client that cancels every second
/// call. The attacks: CVE-2023-44487 (rapid reset), CVE-2025-8671 (resets that the server is provoked to),
/// CVE-2019-9511 to 9518 (floods of frames).
/// </summary>
internal struct Http2Budget(long nowMs)
{
    private const int MostResets = 200;
    private const int ResetsPerSecond = 20;
    private const int MostProvoked = 100;
    private const int ProvokedPerSecond = 10;
    private const int MostControl = 1000;
    private const int ControlPerSecond = 100;

    private int _resets = MostResets;
    private int _provoked = MostProvoked;
    private int _control = MostControl;
    private long _filledMs = nowMs;

    /// <summary>The client gives a request up.</summary>
    internal bool TryReset() => --_resets >= 0;

    /// <summary>The client makes us give a stream up.</summary>
    internal bool TryProvoke() => --_provoked >= 0;

    /// <summary>The client sends a frame that asks for no response.</summary>
    internal bool TryControl() => --_control >= 0;

    /// <summary>A request began.</summary>
    internal void OnRequest() => EarnControl(4);

    /// <summary>A request was answered in full.</summary>
    internal void OnAnswered()
    {
        if (_resets < MostResets) _resets++;
    }

    internal void EarnControl(long frames) => _control = (int)Math.Min(_control + frames, MostControl);

    /// <summary>Some time has passed.</summary>
    internal void OnTime(long nowMs)
    {
        long seconds = (nowMs - _filledMs) / 1000;
        if (seconds <= 0) return;
        _filledMs = nowMs;
        _resets = (int)Math.Min(_resets + seconds * ResetsPerSecond, MostResets);
        _provoked = (int)Math.Min(_provoked + seconds * ProvokedPerSecond, MostProvoked);
        EarnControl(seconds * ControlPerSecond);
    }
}
