using Microsoft.Extensions.Hosting;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Where a file lies that the user names.</summary>
internal static class ContentPath
{
    /// <summary>The absolute path: relative ones start at the content root.</summary>
    internal static string Of(SharedOptions options, string path)
    {
        var host = (IHostEnvironment?)options.ApplicationServices.GetService(typeof(IHostEnvironment));
        return Path.GetFullPath(path, host?.ContentRootPath ?? Environment.CurrentDirectory);
    }
}
