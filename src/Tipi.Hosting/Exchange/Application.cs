
namespace Tipi.Hosting.Exchange;

/// <summary>The application behind the server, whatever its context type is.</summary>
internal abstract class Application
{
    internal abstract FeatureTable CreateFeatures();

    /// <summary>Starts the application on a request. Never throws: a fault is a faulted task.</summary>
    internal abstract Task Run(FeatureTable features);

    /// <summary>Ends what <see cref="Run"/> began, once its task has ended.</summary>
    internal abstract void Dispose(FeatureTable features, Exception? error);
}
