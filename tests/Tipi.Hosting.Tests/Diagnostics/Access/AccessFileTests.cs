using System.Text;
using Tipi.Hosting.Diagnostics.Access;

namespace Tipi.Hosting.Tests.Diagnostics.Access;

public sealed class AccessFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    /// <summary>As two processes of one service do, or the old and the new one during a deployment.</summary>
    [Fact]
    public async Task Writers_of_one_file_lose_no_line()
    {
        const int Lines = 4000;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            using var file = new AccessFile(_path);
            for (int i = 0; i < Lines; i++) file.Append(Encoding.ASCII.GetBytes($"writer {writer} line {i}\n"));
        })));

        string[] lines = await File.ReadAllLinesAsync(_path);
        Assert.Equal(2 * Lines, lines.Distinct().Count());
        Assert.All(lines, line => Assert.Matches(@"^writer [01] line \d+$", line));
    }

    /// <summary>logrotate's copytruncate cuts it at any moment.</summary>
    [Fact]
    public async Task A_file_that_is_cut_has_no_hole()
    {
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(() =>
        {
            using var file = new AccessFile(_path);
            while (!stop.IsCancellationRequested) file.Append("a line of the log\n"u8);
        });
        byte[] seen = [];
        for (int i = 0; i < 500; i++)
        {
            using var cutter = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            cutter.SetLength(0);
            await Task.Yield();
            seen = new byte[cutter.Length];
            cutter.ReadExactly(seen);
            Assert.False(seen.AsSpan().Contains((byte)0), $"After {i} cuts.");
        }
        await stop.CancelAsync();
        await writer;
    }
}
