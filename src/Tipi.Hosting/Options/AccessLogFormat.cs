namespace Tipi.Hosting;

/// <summary>The format of the access log.</summary>
public enum AccessLogFormat
{
    /// <summary>No access log.</summary>
    None,

    /// <summary>
    /// The combined format of Apache and nginx, followed by the host in quotes and the duration in seconds.
    /// </summary>
    Combined,

    /// <summary>One JSON object per line.</summary>
    Json,
}
