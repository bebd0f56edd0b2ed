using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tests.Tls.Certificates;

public sealed class CertificateBookTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();
    private readonly LogRecorder _logs = new();
    private readonly CertificateBook _book = new();
    private readonly ILogger _log;

    public CertificateBookTests() => _log = _logs.CreateLogger("x");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private CertificateSlot Open(string path, string? key = null, string? password = null) =>
        _book.Open(new CertificateFiles(path, key, password), CertificateNames.Below("X"));

    private int[] Refresh()
    {
        _logs.Records.Clear();
        _book.Refresh(_log);
        return [.. _logs.Records.Select(record => record.EventId)];
    }

    private void WritePair(X509Certificate2 certificate)
    {
        _folder.Write("c.pem", _authority.ToPem(certificate));
        _folder.Write("k.pem", TestAuthority.KeyOf(certificate));
    }

    [Fact]
    public void A_changed_PFX_file_is_shown_and_an_unchanged_one_is_not_read_again()
    {
        X509Certificate2 first = _authority.Issue("a"), second = _authority.Issue("a", "another.example");
        string path = _folder.Write("a.pfx", _authority.ToPfx(first, "pw"));
        CertificateSlot slot = Open(path, password: "pw");
        ServedCertificate before = slot.Current;
        Assert.Empty(Refresh());
        Assert.Same(before, slot.Current);
        _folder.Write("a.pfx", _authority.ToPfx(second, "pw"));
        Assert.Equal([1], Refresh());
        Assert.Equal(second.Thumbprint, slot.Current.Certificate.Thumbprint);
        Assert.Empty(Refresh());
    }

    /// <summary>As tools do that keep the time of what they copy.</summary>
    [Fact]
    public void A_file_that_is_moved_here_is_seen_though_it_is_as_long_and_as_old()
    {
        X509Certificate2 first = _authority.Issue("a"), second = _authority.Issue("a", "another.example");
        string certificate = _authority.ToPem(first), next = _authority.ToPem(second);
        int length = Math.Max(certificate.Length, next.Length);
        string path = _folder.Write("c.pem", certificate.PadRight(length, '\n') + TestAuthority.KeyOf(first));
        string moved = _folder.Write("next.pem", next.PadRight(length, '\n') + TestAuthority.KeyOf(second));
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (string file in (string[])[path, moved]) File.SetLastWriteTimeUtc(file, time);
        Assert.Equal(new FileInfo(path).Length, new FileInfo(moved).Length);
        CertificateSlot slot = Open(path, path);

        File.Move(moved, path, overwrite: true);

        Assert.Equal([1], Refresh());
        Assert.Equal(second.Thumbprint, slot.Current.Certificate.Thumbprint);
        Assert.Empty(Refresh());
    }

    [Fact]
    public void A_key_that_OpenSSL_rejects_is_named()
    {
        foreach ((int bits, int[] told) in ((int, int[])[])[(1024, [9, 10]), (2048, [9])])
        {
            using var key = System.Security.Cryptography.RSA.Create(bits);
            var request = new CertificateRequest(
                "CN=a", key, System.Security.Cryptography.HashAlgorithmName.SHA256,
                System.Security.Cryptography.RSASignaturePadding.Pkcs1);
            using X509Certificate2 certificate = request.CreateSelfSigned(
                DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
            _logs.Records.Clear();
            CertificateChecks.Warn(certificate, "here", _log);
            Assert.Equal(told, _logs.Records.Select(record => record.EventId));
        }
    }

    [Fact]
    public void A_pair_is_shown_when_both_files_fit_and_the_old_one_until_then()
    {
        X509Certificate2 first = _authority.Issue("a"), second = _authority.Issue("a", "another.example");
        WritePair(first);
        CertificateSlot slot = Open(_folder.PathOf("c.pem"), _folder.PathOf("k.pem"));
        _folder.Write("c.pem", _authority.ToPem(second));
        Assert.Equal([2], Refresh());
        Assert.Contains("does not belong to", _logs.Records.Single().Error!.Message);
        Assert.Equal(first.Thumbprint, slot.Current.Certificate.Thumbprint);
        Assert.Empty(Refresh()); // told once
        _folder.Write("k.pem", TestAuthority.KeyOf(second));
        Assert.Equal([1], Refresh());
        Assert.Equal(second.Thumbprint, slot.Current.Certificate.Thumbprint);
    }

    [Fact]
    public void A_half_written_a_missing_and_a_forbidden_certificate_leave_the_old_one()
    {
        X509Certificate2 first = _authority.Issue("a"), second = _authority.Issue("a", "another.example");
        WritePair(first);
        CertificateSlot slot = Open(_folder.PathOf("c.pem"), _folder.PathOf("k.pem"));
        File.Delete(_folder.PathOf("c.pem"));
        Assert.Equal([2], Refresh());
        string pem = _authority.ToPem(second);
        _folder.Write("k.pem", TestAuthority.KeyOf(second));
        _folder.Write("c.pem", pem[..^100]);
        Assert.Equal([2], Refresh());
        Assert.Contains("no END", _logs.Records.Single().Error!.Message);
        X509Certificate2 client = _authority.IssueClient("a");
        WritePair(client);
        Assert.Equal([2], Refresh());
        Assert.Equal(first.Thumbprint, slot.Current.Certificate.Thumbprint);
        WritePair(second);
        Assert.Equal([1], Refresh());
        Assert.Equal(second.Thumbprint, slot.Current.Certificate.Thumbprint);
    }

    /// <summary>
    /// A mounted secret: the files are links through a folder's link, which alone is replaced. The new files are as old
    /// and as long as the former ones.
    /// </summary>
    [Fact]
    public void A_replaced_link_of_a_folder_is_a_change()
    {
        X509Certificate2 first = _authority.Issue("a"), second = _authority.Issue("a");
        DateTime time = DateTime.UtcNow.AddHours(-1);
        WriteVersion("..v1", first, time);
        Directory.CreateSymbolicLink(_folder.PathOf("..data"), "..v1");
        File.CreateSymbolicLink(_folder.PathOf("tls.pem"), "..data/tls.pem");
        CertificateSlot slot = Open(_folder.PathOf("tls.pem"));
        Assert.Empty(Refresh());
        WriteVersion("..v2", second, time);
        Directory.CreateSymbolicLink(_folder.PathOf("..data_tmp"), "..v2");
        Directory.Move(_folder.PathOf("..data"), _folder.PathOf("..gone"));
        Directory.Move(_folder.PathOf("..data_tmp"), _folder.PathOf("..data"));
        Assert.Equal([1], Refresh());
        Assert.Equal(second.Thumbprint, slot.Current.Certificate.Thumbprint);
    }

    [Fact]
    public void What_clients_will_not_like_is_told_with_the_new_certificate()
    {
        string path = _folder.Write("a.pfx", _authority.ToPfx(_authority.Issue("a"), null));
        CertificateSlot slot = Open(path);
        X509Certificate2 bad = _authority.Issue(["a"], TestAuthority.ServerUsage, hasNames: false, endsInDays: -1);
        _folder.Write("a.pfx", _authority.ToPfx(bad, null));
        Assert.Equal([1, 3, 9], Refresh());
        Assert.Equal(bad.Thumbprint, slot.Current.Certificate.Thumbprint);
    }

    [Fact]
    public void The_same_files_are_one_place_and_other_words_for_them_another()
    {
        string path = _folder.Write("a.pfx", _authority.ToPfx(_authority.Issue("a"), null));
        CertificateSlot slot = Open(path);
        Assert.Same(slot, Open(path));
        Assert.NotSame(slot, Open(path, password: ""));
    }

    [Fact]
    public void What_nobody_shows_any_more_is_forgotten()
    {
        string path = _folder.Write("a.pfx", _authority.ToPfx(_authority.Issue("a"), null));
        WeakReference forgotten = OpenAndForget(path);
        for (int i = 0; i < 10 && forgotten.IsAlive; i++) GC.Collect();
        Assert.False(forgotten.IsAlive);
        File.Delete(path);
        Assert.Empty(Refresh());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference OpenAndForget(string path) => new(Open(path));

    private void WriteVersion(string name, X509Certificate2 certificate, DateTime time)
    {
        Directory.CreateDirectory(_folder.PathOf(name));
        string text = _authority.ToPem(certificate) + TestAuthority.KeyOf(certificate);
        string path = _folder.Write($"{name}/tls.pem", text.PadRight(4000));
        File.SetLastWriteTimeUtc(path, time);
    }
}
