using System.Security.Cryptography;

namespace Tipi.Interop.Tests.Clients;

/// <summary>A temporary file of random bytes, and their hash.</summary>
internal sealed class RandomFile : IDisposable
{
    public RandomFile(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllBytes(Path, bytes);
    }

    public string Path { get; }

    public string Sha256 { get; }

    public void Dispose() => File.Delete(Path);
}
