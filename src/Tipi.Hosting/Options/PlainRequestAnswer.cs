namespace Tipi.Hosting;

/// <summary>What a request in clear gets on an endpoint with TLS.</summary>
public enum PlainRequestAnswer
{
    /// <summary>308 to the same place over https: on the port that the client named, or the endpoint's.</summary>
    Redirect,

    /// <summary>400.</summary>
    BadRequest,
}
