using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tipi.Blocking.App;

/// <summary>A database whose commits wait for the disk.</summary>
internal sealed class Ledger : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tipi-ledger-{Guid.NewGuid():N}.db");

    private readonly Lock _gate = new();
    private bool _isMade;

    /// <summary>Returns when the number is on the disk.</summary>
    public string Commit(int number)
    {
        lock (_gate)
        {
            if (!_isMade) Make();
        }

        Execute("PRAGMA synchronous = FULL; INSERT INTO entry VALUES ($number)", number);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    public string Sum() =>
        Convert.ToString(Execute("SELECT count(*) || ' ' || sum(number) FROM entry"), CultureInfo.InvariantCulture)!;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(_path + suffix);
    }

    private void Make()
    {
        Execute("PRAGMA journal_mode = WAL");
        Execute("CREATE TABLE entry (number INTEGER)");
        _isMade = true;
    }

    private object? Execute(string text, int? number = null)
    {
        using var connection = new SqliteConnection($"Data Source={_path}");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // each text is written above
        command.CommandText = text;
#pragma warning restore CA2100
        if (number is { } given) command.Parameters.AddWithValue("$number", given);
        return command.ExecuteScalar();
    }
}
