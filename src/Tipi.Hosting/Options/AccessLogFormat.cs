namespace Tipi.Hosting;

/// <summary>What a line of the access log looks like.</summary>
public enum AccessLogFormat
{
    /// <summary>There is no access log.</summary>
    None,

    /// <summary>
    /// The combined format of Apache and nginx, and behind it the host in quotes and the duration in seconds.
    /// </summary>
    Combined,

    /// <summary>One JSON object a line.</summary>
    Json,
}
