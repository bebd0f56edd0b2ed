using Microsoft.Data.Sqlite;

namespace Tipi.Compare.App.Real;

/// <summary>
/// Inserts a row into an SQLite database in a transaction of its own, which is on the disk when the answer leaves. The
/// database is deleted when the application ends.
/// </summary>
internal sealed class NoteBook : IDisposable
{
    private readonly string _file = DurableFile.NewPath("db");
    private readonly string _source;

    private NoteBook()
    {
        _source = new SqliteConnectionStringBuilder { DataSource = _file }.ToString();
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)";
        command.ExecuteNonQuery();
    }

    public static void Map(WebApplication app)
    {
        var book = new NoteBook();
        app.Lifetime.ApplicationStopped.Register(book.Dispose);
        app.MapGet("/", Handlers.PlaintextAsync);
        app.MapGet("/note", context =>
        {
            book.Add("Hello, World!");
            return Handlers.PlaintextAsync(context);
        });
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in (string[])[_file, _file + "-wal", _file + "-shm"]) File.Delete(file);
    }

    // SQLite has no other way than to block the thread.
    private void Add(string text)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL; INSERT INTO note (text) VALUES ($text)";
        command.Parameters.AddWithValue("$text", text);
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_source);
        connection.Open();
        return connection;
    }
}
