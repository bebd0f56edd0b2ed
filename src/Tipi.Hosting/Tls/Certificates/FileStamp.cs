using Tipi.Transport.Uring.Native;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>What tells one state of a file from another. The default one is that of a file that is not there.</summary>
/// <param name="RealPath">Without symbolic links: Kubernetes replaces a folder's link, and the files stay.</param>
/// <param name="WrittenAt">When it was written last, UTC.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Identity">Another file that was moved here may be as long, and as old.</param>
internal readonly record struct FileStamp(string? RealPath, DateTime WrittenAt, long Length, FileIdentity Identity)
{
    /// <summary>As many as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>Never throws: what cannot be seen is as if it were not there.</summary>
    internal static FileStamp Of(string? path)
    {
        if (path is null) return default;
        try
        {
            var file = new FileInfo(RealPathOf(path));
            return file.Exists
                ? new FileStamp(file.FullName, file.LastWriteTimeUtc, file.Length, IdentityOf(file.FullName))
                : default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }

    private static FileIdentity IdentityOf(string path) =>
        OperatingSystem.IsLinux() ? LibC.IdentityOf(path) : default;

    private static string RealPathOf(string path)
    {
        string rest = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            if (FirstLink(rest) is not { } found) return rest;
            string folder = Path.GetDirectoryName(found.Link)!;
            rest = Path.GetFullPath(Path.Combine(folder, found.Target) + rest[found.Link.Length..]);
        }
        return rest;
    }

    /// <summary>The first part of a path that is a link.</summary>
    private static (string Link, string Target)? FirstLink(string path)
    {
        for (int end = path.IndexOf('/', 1); ; end = path.IndexOf('/', end + 1))
        {
            string part = end < 0 ? path : path[..end];
            if (new FileInfo(part).LinkTarget is { } target) return (part, target);
            if (end < 0) return null;
        }
    }
}
