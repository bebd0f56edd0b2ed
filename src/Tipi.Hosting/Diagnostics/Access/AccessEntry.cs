using System.Net;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>What the access log says of one request. Texts are as received and not to be trusted.</summary>
internal record struct AccessEntry
{
    /// <summary>When the head was complete, or refused; UTC.</summary>
    internal DateTime Time;

    /// <summary>From there to the end of the response; negative when it is not known.</summary>
    internal TimeSpan Duration;

    internal EndPoint? Peer;

    internal string ConnectionId;

    /// <summary>The request's place on its connection, from 1; 0 for a refused one.</summary>
    internal uint RequestNumber;

    internal string? Method;

    internal string? Target;

    internal string? Protocol;

    /// <summary>The first line of a request that was refused: a character a byte.</summary>
    internal string? Line;

    /// <summary>Why a request was refused.</summary>
    internal string? Reason;

    internal string? Host;

    internal string? Referer;

    internal string? UserAgent;

    /// <summary>As sent; 499 when the connection ended before a response, as nginx has it.</summary>
    internal int Status;

    /// <summary>Bytes of the response's body, without framing.</summary>
    internal long Bytes;

    internal AccessOutcome Outcome;

    /// <summary>Characters of the texts whose length the peer chooses.</summary>
    internal readonly int TextLength =>
        LengthOf(Method) + LengthOf(Target) + LengthOf(Line) + LengthOf(Host) + LengthOf(Referer) + LengthOf(UserAgent);

    private static int LengthOf(string? text) => text is null ? 0 : text.Length;
}
