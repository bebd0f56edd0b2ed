namespace Tipi.Hosting;

/// <summary>
/// Options of the access log, which the server writes itself. It includes rejected and aborted requests, and the
/// connection's peer regardless of forwarded headers. Configuration: <c>Tipi:AccessLog</c>.
/// </summary>
public sealed class AccessLogOptions
{
    private AccessLogFormat _format;
    private string? _path;
    private int _queueLimit = 10_000;

    /// <summary>The format of a line. Default: <see cref="AccessLogFormat.None"/>, no access log.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public AccessLogFormat Format
    {
        get => _format;
        set => _format = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Format must be None, Combined or Json.");
    }

    /// <summary>
    /// The file to which lines are appended. It is created if it is missing, and again after it was renamed or removed,
    /// as logrotate does. Default: null, standard output.
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
    /// Maximum number of lines, of 1,024 characters on average, that wait for a slow disk. Further lines are dropped
    /// and counted (<c>tipi.access_log.dropped</c>), because a request never waits for its line. Default: 10,000, about
    /// 20 MB.
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
