namespace Tipi.Hosting;

/// <summary>
/// What a client may do on one HTTP/2 connection that only costs the server, before it is told ENHANCE_YOUR_CALM and
/// the connection ends. Each kind has an allowance at the start, which time and honest use fill up again. The defaults
/// fit browsers, gateways and gRPC; raise them for a gateway that shares one connection among many users.
/// </summary>
public sealed class Http2Allowances
{
    private int _resets = 200;
    private int _resetsPerSecond = 20;
    private int _faults = 100;
    private int _faultsPerSecond = 10;
    private int _controlFrames = 1000;
    private int _controlFramesPerSecond = 100;

    /// <summary>
    /// Requests that the client may give up, by RST_STREAM, within a second of asking and before its answer begins.
    /// Each one that is answered in full gives one back. Default: 200. The attack: rapid reset, CVE-2023-44487.
    /// </summary>
    public int Resets
    {
        get => _resets;
        set => _resets = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="Resets"/> each second gives back. Default: 20.</summary>
    public int ResetsPerSecond
    {
        get => _resetsPerSecond;
        set => _resetsPerSecond = AtLeastOne(value);
    }

    /// <summary>
    /// Faults for which the server resets or refuses a request. Default: 100. The attack: CVE-2025-8671.
    /// </summary>
    public int Faults
    {
        get => _faults;
        set => _faults = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="Faults"/> each second gives back. Default: 10.</summary>
    public int FaultsPerSecond
    {
        get => _faultsPerSecond;
        set => _faultsPerSecond = AtLeastOne(value);
    }

    /// <summary>
    /// Frames that ask for no answer: SETTINGS, PING, WINDOW_UPDATE, priorities, empty DATA, unknown and late ones.
    /// Requests, DATA with content, and each DATA frame that the server sends give some back, so that who acknowledges
    /// what it gets never uses them up. Default: 1000. The attacks: CVE-2019-9511 to 9518.
    /// </summary>
    public int ControlFrames
    {
        get => _controlFrames;
        set => _controlFrames = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="ControlFrames"/> each second gives back. Default: 100.</summary>
    public int ControlFramesPerSecond
    {
        get => _controlFramesPerSecond;
        set => _controlFramesPerSecond = AtLeastOne(value);
    }

    internal Http2Allowances Copy() => (Http2Allowances)MemberwiseClone();

    private static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }
}
