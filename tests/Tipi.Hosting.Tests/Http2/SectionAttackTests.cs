namespace Tipi.Hosting.Tests.Http2;

/// <summary>Field sections that have no end, or that stand for more than they say.</summary>
public sealed class SectionAttackTests
{
    // The server's sections then stand for themselves.
    private static readonly (int Id, uint Value) s_noTable = (1, 0);

    /// <summary>CVE-2024-27316: the connection ends while the section still goes on.</summary>
    [Theory, OnEachTransport]
    public async Task A_section_without_end_is_refused_while_it_is_sent(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport);
        byte[][] pieces =
        [
            Foe.Field("a", new string('b', 10_000)),
            Foe.Field("a", "b"),
            [],
        ];
        await Honest.AssertServedAsync(server, Task.WhenAll(pieces.Select(async piece =>
        {
            using Foe foe = await Foe.GreetAsync(server);
            await foe.SendAsync(Foe.GetWith(1, [], isWhole: false));
            Task flood = foe.FloodAsync(Foe.Frame(FoeFrame.ContinuationType, 0, 1, piece));
            Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
            foe.Dispose();
            await flood;
        })));
    }

    [Theory, OnEachTransport]
    public async Task A_section_that_does_not_go_on_has_the_time_of_a_head(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport, AttackedApp.Patience(1));
        await Honest.AssertServedAsync(server, Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using Foe foe = await Foe.GreetAsync(server);
            await foe.SendAsync(Foe.GetWith(1, [], isWhole: false));
            Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
        })));
    }

    /// <summary>16 KB that stand for 60 MB. What is refused leaves the table in step with the client's.</summary>
    [Theory, OnEachTransport]
    public async Task A_bomb_of_references_is_refused_by_what_it_stands_for(TipiTransport transport)
    {
        const byte Newest = 0x80 | 62;
        await using TestServer server = await new AttackedApp().StartAsync(transport);
        using Foe foe = await Foe.GreetAsync(server, s_noTable);
        await foe.SendAsync(Foe.GetWith(1, Foe.Field("x", new string('y', 4000), indexes: true)));
        Assert.Equal("200", (await foe.ReadHeadAsync(1)).Status);
        long before = GC.GetTotalAllocatedBytes();
        byte[] references = Enumerable.Repeat(Newest, 15_000).ToArray();
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            for (int stream = 3; stream < 43; stream += 2)
            {
                await foe.SendAsync(Foe.GetWith(stream, references));
                Assert.Equal("431", (await foe.ReadHeadAsync(stream)).Status);
            }
        }));
        // Twenty bombs stand for 1.2 GB; other tests allocate at the same time.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 600_000_000);
        await foe.SendAsync(Foe.GetWith(51, [Newest]));
        Assert.Equal("200", (await foe.ReadHeadAsync(51)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_list_beyond_the_limits_is_answered_and_the_table_stays_in_step(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport);
        byte[] large = [.. Many(3, () => Foe.Field("a", new string('b', 12_000)))];
        byte[] many = [.. Many(200, () => Foe.Field("a", ""))];
        foreach (byte[] fields in (byte[][])[large, many])
        {
            using Foe foe = await Foe.GreetAsync(server, s_noTable);
            await foe.SendAsync(Foe.GetWith(1, [.. fields, .. Foe.Field("x", "y", indexes: true)]));
            Assert.Equal("431", (await foe.ReadHeadAsync(1)).Status);
            await foe.SendAsync(Foe.GetWith(3, [0x80 | 62]));
            Assert.Equal("200", (await foe.ReadHeadAsync(3)).Status);
            // One entry is all that the table may have.
            await foe.SendAsync(Foe.GetWith(5, [0x80 | 63]));
            Assert.Equal("COMPRESSION_ERROR", await foe.ReadFarewellAsync());
        }
    }

    private static IEnumerable<byte> Many(int count, Func<byte[]> field) =>
        Enumerable.Range(0, count).SelectMany(_ => field());
}
