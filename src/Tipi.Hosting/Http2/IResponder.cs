namespace Tipi.Hosting.Http2;

/// <summary>Who answers by a stream.</summary>
internal interface IResponder
{
    /// <summary>The response's last frame was written. Under the gate.</summary>
    void OnEndSent();
}
