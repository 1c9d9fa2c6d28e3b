namespace KubeLab.Tests.Machines;

/// <summary>A time that passes only when it is told to, and lets its timers ring on the way.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state), now + dueTime, period);
        timers.Add(timer);
        return timer;
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan span)
    {
        var end = now + span;
        while (timers.Where(timer => timer.Next <= end).MinBy(timer => timer.Next) is { } first)
        {
            now = first.Next;
            first.Ring();
        }

        now = end;
    }

    private sealed class Timer(Action ring, DateTimeOffset next, TimeSpan period) : ITimer
    {
        public DateTimeOffset Next { get; private set; } = next;

        public void Ring()
        {
            Next += period;
            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => Next = DateTimeOffset.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
