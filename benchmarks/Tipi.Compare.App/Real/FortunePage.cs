using System.Text;
using System.Text.Encodings.Web;
using Npgsql;

namespace Tipi.Compare.App.Real;

/// <summary>
/// Reads every row of a table from PostgreSQL, adds one, sorts them and answers a page: the test "Fortunes" of the
/// TechEmpower benchmarks.
/// </summary>
internal static class FortunePage
{
    public static void Map(WebApplication app)
    {
        var database = NpgsqlDataSource.Create(Companion.Address);
        app.Lifetime.ApplicationStopped.Register(database.Dispose);
        app.MapGet("/fortunes", () => AnswerAsync(database));
    }

    private static async Task<IResult> AnswerAsync(NpgsqlDataSource database)
    {
        var fortunes = new List<(int Id, string Message)>();
        await using (var command = database.CreateCommand("SELECT id, message FROM fortune"))
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) fortunes.Add((rows.GetInt32(0), rows.GetString(1)));
        }

        fortunes.Add((0, "Added when the page is asked for."));
        fortunes.Sort(static (one, other) => string.CompareOrdinal(one.Message, other.Message));
        return Results.Content(Render(fortunes), "text/html; charset=utf-8");
    }

    private static string Render(List<(int Id, string Message)> fortunes)
    {
        var page = new StringBuilder("<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>")
            .Append("<tr><th>id</th><th>message</th></tr>");
        foreach (var (id, message) in fortunes)
        {
            page.Append("<tr><td>").Append(id).Append("</td><td>")
                .Append(HtmlEncoder.Default.Encode(message)).Append("</td></tr>");
        }

        return page.Append("</table></body></html>").ToString();
    }
}
