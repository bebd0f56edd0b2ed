using Tipi.Compare.Load;

namespace Tipi.Compare.Tests.Load;

public class H2LoadReportTests
{
    // h2load 1.52, without what it says about its progress.
    private const string OverTls = """
        TLS Protocol: TLSv1.3
        Cipher: TLS_AES_256_GCM_SHA384
        Server Temp Key: X25519 253 bits
        Application protocol: h2

        finished in 1.08s, 5064.00 req/s, 325.88MB/s
        requests: 5064 total, 5864 started, 5064 done, 5064 succeeded, 0 failed, 0 errored, 0 timeout
        status codes: 5209 2xx, 0 3xx, 0 4xx, 0 5xx
        traffic: 325.88MB (341714890) total, 56.48KB (57837) headers (space savings 88.78%), 325.56MB (341376632) data
                             min         max         mean         sd        +/- sd
        time for request:    11.70ms    1.09s       141.55ms     54.60ms    72.73%
        time for connect:     3.96ms      7.88ms      5.80ms      1.31ms    75.00%
        """;

    private const string InTheClear = """
        Application protocol: h2c
        finished in 1.00s, 36626.00 req/s, 1.68MB/s
        requests: 36626 total, 36634 started, 36626 done, 36626 succeeded, 0 failed, 0 errored, 0 timeout
        status codes: 36626 2xx, 0 3xx, 0 4xx, 0 5xx
        traffic: 1.68MB (1758351) total, 107.48KB (110062) headers (space savings 96.51%), 965.72KB (988902) data
        time for request:       47us     27.85ms       198us       700us    98.00%
        """;

    [Fact]
    public void Read_takes_answers_latencies_and_what_was_negotiated()
    {
        var report = H2LoadReport.Read(OverTls);

        Assert.Equal(5064, report.Succeeded);
        Assert.Equal(0, report.Bad);
        Assert.Equal(141.55, report.MeanMs);
        Assert.Equal(1090, report.WorstMs);
        Assert.Equal("h2", report.Protocol);
        Assert.Equal("TLS_AES_256_GCM_SHA384", report.Cipher);
        report.RequireClean();
        report.RequireProtocol(encrypted: true);
    }

    [Fact]
    public void Read_takes_the_size_of_an_answer_from_all_that_began() =>
        Assert.Equal(341714890 / 5209.0, H2LoadReport.Read(OverTls).AnswerBytes);

    [Fact]
    public void Read_takes_microseconds_and_no_cipher_in_the_clear()
    {
        var report = H2LoadReport.Read(InTheClear);

        Assert.Equal(0.198, report.MeanMs, 6);
        Assert.Equal(27.85, report.WorstMs);
        Assert.Null(report.Cipher);
        report.RequireProtocol(encrypted: false);
    }

    [Theory]
    [InlineData("0 failed", "3 failed")]
    [InlineData("0 errored", "3 errored")]
    [InlineData("0 timeout", "3 timeout")]
    [InlineData("0 3xx", "3 3xx")]
    [InlineData("0 4xx", "3 4xx")]
    [InlineData("0 5xx", "3 5xx")]
    public void RequireClean_refuses_a_run_with_anything_bad(string good, string bad)
    {
        var report = H2LoadReport.Read(OverTls.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(3, report.Bad);
        Assert.Throws<MeasurementException>(report.RequireClean);
    }

    [Fact]
    public void RequireClean_refuses_a_run_without_a_connection()
    {
        var report = H2LoadReport.Read("""
            finished in 1.00s, 0.00 req/s, 0B/s
            requests: 0 total, 0 started, 0 done, 0 succeeded, 0 failed, 0 errored, 0 timeout
            status codes: 0 2xx, 0 3xx, 0 4xx, 0 5xx
            traffic: 0B (0) total, 0B (0) headers (space savings 0.00%), 0B (0) data
            time for request:        0us         0us         0us         0us     0.00%
            """);

        Assert.Throws<MeasurementException>(report.RequireClean);
    }

    [Theory]
    [InlineData("Application protocol: h2", "Application protocol: http/1.1")]
    [InlineData("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")]
    public void RequireProtocol_refuses_what_the_others_did_not_speak(string wanted, string spoken)
    {
        var report = H2LoadReport.Read(OverTls.Replace(wanted, spoken, StringComparison.Ordinal));

        Assert.Throws<MeasurementException>(() => report.RequireProtocol(encrypted: true));
    }

    [Fact]
    public void Read_refuses_what_is_no_report() =>
        Assert.Throws<MeasurementException>(() => H2LoadReport.Read("Could not connect"));
}
