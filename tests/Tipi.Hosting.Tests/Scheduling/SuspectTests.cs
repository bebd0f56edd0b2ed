using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Tests.Scheduling;

public sealed class SuspectTests
{
    [Fact]
    public void The_second_of_two_runs_in_a_row_is_a_habit()
    {
        var suspect = new Suspect("/");
        Assert.False(suspect.CountHandOff());
        Assert.True(suspect.CountHandOff());
        Assert.True(suspect.IsLearned);
        Assert.False(suspect.CountHandOff());
    }

    [Fact]
    public void Eight_sleeps_are_a_habit_and_one_in_thirty_is_none()
    {
        var suspect = new Suspect("/");
        for (int i = 0; i < 7; i++) Assert.False(suspect.CountSleep());
        Assert.True(suspect.CountSleep());
        suspect = new Suspect("/");
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(suspect.CountSleep());
            for (int run = 0; run < 29; run++) suspect.CountKept();
        }
    }

    [Fact]
    public void Rare_hand_offs_are_noise()
    {
        var suspect = new Suspect("/");
        for (int handOff = 0; handOff < 50; handOff++)
        {
            Assert.False(suspect.CountHandOff());
            for (int run = 0; run < 1000; run++) suspect.CountKept();
        }
    }

    [Fact]
    public void Two_in_a_hundred_are_a_habit_in_the_end()
    {
        var suspect = new Suspect("/");
        int handOffs = 0;
        for (; handOffs < 100 && !suspect.CountHandOff(); handOffs++)
        {
            for (int run = 0; run < 49; run++) suspect.CountKept();
        }
        Assert.InRange(handOffs, 2, 20);
    }

    [Fact]
    public void Quick_runs_forgive_and_slow_ones_do_not()
    {
        var suspect = new Suspect("/");
        suspect.CountHandOff();
        suspect.CountHandOff();
        for (int i = 0; i < 100_000; i++) Assert.False(suspect.CountApart(isQuick: i % 100 != 0));
        int runs = 1;
        while (!suspect.CountApart(isQuick: true)) runs++;
        Assert.InRange(runs, 1000, 2000);
        Assert.False(suspect.IsLearned);
        Assert.False(suspect.CountHandOff());
        Assert.True(suspect.CountHandOff());
    }
}
