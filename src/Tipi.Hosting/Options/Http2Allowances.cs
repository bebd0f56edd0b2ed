namespace Tipi.Hosting;

/// <summary>
/// How often a client may do things on one HTTP/2 connection that only cost the server, before the connection ends with
/// ENHANCE_YOUR_CALM. Each kind has an allowance at the start, which time and regular use refill. The defaults fit
/// browsers, gateways and gRPC; increase them for a gateway that shares one connection among many users.
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
    /// Requests that the client may cancel with RST_STREAM within a second and before the response starts. Each request
    /// that is answered completely restores one. Default: 200. Limits rapid reset attacks, CVE-2023-44487.
    /// </summary>
    public int Resets
    {
        get => _resets;
        set => _resets = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="Resets"/> are restored each second. Default: 20.</summary>
    public int ResetsPerSecond
    {
        get => _resetsPerSecond;
        set => _resetsPerSecond = AtLeastOne(value);
    }

    /// <summary>
    /// Client errors for which the server resets or rejects a request. Default: 100. Limits CVE-2025-8671.
    /// </summary>
    public int Faults
    {
        get => _faults;
        set => _faults = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="Faults"/> are restored each second. Default: 10.</summary>
    public int FaultsPerSecond
    {
        get => _faultsPerSecond;
        set => _faultsPerSecond = AtLeastOne(value);
    }

    /// <summary>
    /// Frames that request no response: SETTINGS, PING, WINDOW_UPDATE, priorities, empty DATA, unknown and late ones.
    /// Requests, DATA with content, and each DATA frame that the server sends restore some, so that a client that
    /// acknowledges what it receives never uses them up. Default: 1000. Limits CVE-2019-9511 to 9518.
    /// </summary>
    public int ControlFrames
    {
        get => _controlFrames;
        set => _controlFrames = AtLeastOne(value);
    }

    /// <summary>How many of <see cref="ControlFrames"/> are restored each second. Default: 100.</summary>
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
