namespace Tipi.Hosting;

/// <summary>
/// Options of the access log, which the server itself writes: with the requests that it refuses, with those that were
/// aborted, and with the connection's peer, whatever forwarded headers claim. Configuration: <c>Tipi:AccessLog</c>.
/// </summary>
public sealed class AccessLogOptions
{
    private AccessLogFormat _format;
    private string? _path;
    private int _queueLimit = 10_000;

    /// <summary>Default: <see cref="AccessLogFormat.None"/>, nothing is written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
    public AccessLogFormat Format
    {
        get => _format;
        set => _format = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Format must be None, Combined or Json.");
    }

    /// <summary>
    /// The file that lines are appended to. It is made when it is missing, and made anew after it was renamed or
    /// removed, as logrotate does. Default: null, standard output.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? Path
    {
        get => _path;
        set
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _path = value;
        }
    }

    /// <summary>
    /// Lines that may wait for a slow disk, of 1,024 characters on average; what comes beyond is dropped and counted
    /// (<c>tipi.access_log.dropped</c>), since a request never waits for its line. Default: 10,000, about 20 MB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int QueueLimit
    {
        get => _queueLimit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _queueLimit = value;
        }
    }
}
