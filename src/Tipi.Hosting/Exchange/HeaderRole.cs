namespace Tipi.Hosting.Exchange;

/// <summary>What a set of fields is for; decides what is checked when one is set.</summary>
internal enum HeaderRole : byte
{
    /// <summary>Received: checked by the parser, and the application may put in what it likes.</summary>
    Request,

    /// <summary>Received behind a body, and else as those of a request.</summary>
    ReceivedTrailers,

    /// <summary>Sent: must not break out of its line.</summary>
    Response,

    /// <summary>Sent behind a body: only fields that may come so late.</summary>
    Trailers,

    /// <summary>Sent before the response: only fields that say nothing about the connection.</summary>
    Informational,
}
