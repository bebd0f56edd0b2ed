using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>Both tables of <see cref="Http2StreamStates"/>, cell by cell.</summary>
public sealed class Http2StreamStatesTests
{
    private const Http2FrameType Data = Http2FrameType.Data;
    private const Http2FrameType Headers = Http2FrameType.Headers;
    private const Http2FrameType Reset = Http2FrameType.RstStream;
    private const Http2FrameType Update = Http2FrameType.WindowUpdate;
    private const Http2FrameType Priority = Http2FrameType.Priority;

    [Theory]
    [InlineData(Http2StreamState.Idle, Data, "protocol!")]
    [InlineData(Http2StreamState.Idle, Headers, "accept")]
    [InlineData(Http2StreamState.Idle, Reset, "protocol!")]
    [InlineData(Http2StreamState.Idle, Update, "protocol!")]
    [InlineData(Http2StreamState.Open, Data, "accept")]
    [InlineData(Http2StreamState.Open, Headers, "accept")]
    [InlineData(Http2StreamState.Open, Reset, "accept")]
    [InlineData(Http2StreamState.Open, Update, "accept")]
    [InlineData(Http2StreamState.HalfClosedLocal, Data, "accept")]
    [InlineData(Http2StreamState.HalfClosedLocal, Headers, "accept")]
    [InlineData(Http2StreamState.HalfClosedLocal, Reset, "accept")]
    [InlineData(Http2StreamState.HalfClosedLocal, Update, "accept")]
    [InlineData(Http2StreamState.HalfClosedRemote, Data, "closed")]
    [InlineData(Http2StreamState.HalfClosedRemote, Headers, "closed")]
    [InlineData(Http2StreamState.HalfClosedRemote, Reset, "accept")]
    [InlineData(Http2StreamState.HalfClosedRemote, Update, "accept")]
    [InlineData(Http2StreamState.Closed, Data, "closed!")]
    [InlineData(Http2StreamState.Closed, Headers, "closed!")]
    [InlineData(Http2StreamState.Closed, Reset, "ignore")]
    [InlineData(Http2StreamState.Closed, Update, "ignore")]
    [InlineData(Http2StreamState.Reset, Data, "ignore")]
    [InlineData(Http2StreamState.Reset, Headers, "ignore")]
    [InlineData(Http2StreamState.Reset, Reset, "ignore")]
    [InlineData(Http2StreamState.Reset, Update, "ignore")]
    internal void A_frame_means_what_the_table_says(Http2StreamState state, Http2FrameType type, string wanted)
    {
        Assert.Equal(wanted, Meaning(state, type));
        Assert.Equal("ignore", Meaning(state, Priority));
    }

    [Theory]
    [InlineData(Http2StreamState.Idle, Headers, false, Http2StreamState.Open)]
    [InlineData(Http2StreamState.Idle, Headers, true, Http2StreamState.HalfClosedRemote)]
    [InlineData(Http2StreamState.Open, Data, false, Http2StreamState.Open)]
    [InlineData(Http2StreamState.Open, Data, true, Http2StreamState.HalfClosedRemote)]
    [InlineData(Http2StreamState.Open, Headers, true, Http2StreamState.HalfClosedRemote)]
    [InlineData(Http2StreamState.Open, Reset, false, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.Open, Update, true, Http2StreamState.Open)]
    [InlineData(Http2StreamState.HalfClosedLocal, Data, false, Http2StreamState.HalfClosedLocal)]
    [InlineData(Http2StreamState.HalfClosedLocal, Data, true, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedLocal, Headers, true, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedLocal, Reset, false, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedRemote, Reset, false, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedRemote, Update, false, Http2StreamState.HalfClosedRemote)]
    [InlineData(Http2StreamState.Reset, Reset, false, Http2StreamState.Reset)]
    internal void What_is_received_leads_on(
        Http2StreamState state, Http2FrameType type, bool endStream, Http2StreamState wanted) =>
        Assert.Equal(wanted, Http2StreamStates.AfterReceive(state, type, endStream));

    [Theory]
    [InlineData(Http2StreamState.Open, Headers, false, Http2StreamState.Open)]
    [InlineData(Http2StreamState.Open, Headers, true, Http2StreamState.HalfClosedLocal)]
    [InlineData(Http2StreamState.Open, Data, true, Http2StreamState.HalfClosedLocal)]
    [InlineData(Http2StreamState.Open, Reset, false, Http2StreamState.Reset)]
    [InlineData(Http2StreamState.HalfClosedRemote, Data, false, Http2StreamState.HalfClosedRemote)]
    [InlineData(Http2StreamState.HalfClosedRemote, Data, true, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedRemote, Headers, true, Http2StreamState.Closed)]
    [InlineData(Http2StreamState.HalfClosedRemote, Reset, false, Http2StreamState.Reset)]
    [InlineData(Http2StreamState.HalfClosedLocal, Reset, false, Http2StreamState.Reset)]
    [InlineData(Http2StreamState.HalfClosedLocal, Update, false, Http2StreamState.HalfClosedLocal)]
    [InlineData(Http2StreamState.Closed, Reset, false, Http2StreamState.Closed)]
    internal void What_is_sent_leads_on(
        Http2StreamState state, Http2FrameType type, bool endStream, Http2StreamState wanted) =>
        Assert.Equal(wanted, Http2StreamStates.AfterSend(state, type, endStream));

    // Two booleans and no table: who has ended, and who has reset.
    [Fact]
    public void Any_course_agrees_with_who_ended() => Fuzz.Run(random =>
    {
        Http2StreamState state = Http2StreamStates.AfterReceive(Http2StreamState.Idle, Headers, endStream: false);
        bool clientEnded = false, weEnded = false;
        for (int i = 0; i < 12 && state is not (Http2StreamState.Closed or Http2StreamState.Reset); i++)
        {
            Http2FrameType type = new[] { Data, Headers, Update, Reset }[random.Next(random.Next(4) == 0 ? 4 : 3)];
            bool end = random.Next(3) == 0;
            bool ends = end && type is Data or Headers && end;
            if (random.Next(2) == 0)
            {
                Http2Verdict verdict = Http2StreamStates.OnReceive(state, type, out _);
                bool isLate = clientEnded && type is Data or Headers && clientEnded;
                Assert.Equal(isLate ? Http2Verdict.Refuse : Http2Verdict.Accept, verdict);
                if (isLate) continue;
                state = Http2StreamStates.AfterReceive(state, type, end);
                clientEnded |= ends;
                if (type == Reset) Assert.Equal(Http2StreamState.Closed, state);
            }
            else if (!weEnded || type is Update or Reset)
            {
                state = Http2StreamStates.AfterSend(state, type, end);
                weEnded |= ends;
                if (type == Reset) Assert.Equal(Http2StreamState.Reset, state);
            }

            if (state is Http2StreamState.Reset) return;
            if (state == Http2StreamState.Closed && type == Reset) return;
            Assert.Equal((clientEnded, weEnded), state switch
            {
                Http2StreamState.Open => (false, false),
                Http2StreamState.HalfClosedRemote => (true, false),
                Http2StreamState.HalfClosedLocal => (false, true),
                _ => (true, true),
            });
        }
    });

    private static string Meaning(Http2StreamState state, Http2FrameType type)
    {
        Http2Verdict verdict = Http2StreamStates.OnReceive(state, type, out Http2Error error);
        Assert.Equal(verdict == Http2Verdict.Refuse, !error.IsNone);
        string scope = error.Scope == Http2ErrorScope.Connection ? "!" : "";
        return (verdict, error.Code) switch
        {
            (Http2Verdict.Accept, _) => "accept",
            (Http2Verdict.Ignore, _) => "ignore",
            (_, Http2ErrorCode.StreamClosed) => "closed" + scope,
            _ => "protocol" + scope,
        };
    }
}
