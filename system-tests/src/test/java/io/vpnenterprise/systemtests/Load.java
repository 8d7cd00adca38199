package io.vpnenterprise.systemtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The two ways to put load on something. A call that throws ends the measurement. */
final class Load {

    private Load() {}

    /** What a closed loop did. */
    record Done(long calls, double seconds) {

        double perSecond() {
            return calls / seconds;
        }
    }

    /** Closed loop: each client makes its next call when the last one has ended. The time includes the last calls' ends. */
    static Done closed(Duration time, List<? extends Callable<?>> clients) {
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        try {
            long began = System.nanoTime();
            long end = began + time.toNanos();
            List<Callable<Long>> loops = new ArrayList<>();
            for (Callable<?> client : clients) {
                loops.add(() -> {
                    long calls = 0;
                    while (System.nanoTime() < end) {
                        client.call();
                        calls++;
                    }
                    return calls;
                });
            }
            long calls = 0;
            for (Future<Long> loop : threads.invokeAll(loops)) {
                calls += loop.get();
            }
            return new Done(calls, (System.nanoTime() - began) / 1e9);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Open loop: the calls begin at a fixed pace, whatever became of those before. Returns milliseconds, sorted, from the
     * moment when a call was to begin: one that had to wait for a free thread counts its wait.
     */
    static List<Double> paced(int perSecond, Duration time, int threadCount, Callable<?> call) {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(threadCount);
        try {
            long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
            List<Future<Double>> calls = new ArrayList<>();
            for (int i = 0; i < perSecond * time.toSeconds(); i++) {
                long intended = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                calls.add(threads.schedule(
                        () -> {
                            call.call();
                            return (System.nanoTime() - intended) / 1e6;
                        },
                        intended - System.nanoTime(),
                        TimeUnit.NANOSECONDS));
            }
            List<Double> millis = new ArrayList<>();
            for (Future<Double> one : calls) {
                millis.add(one.get());
            }
            return millis.stream().sorted().toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** The smallest of the sorted values that so large a part does not exceed. */
    static double percentile(List<Double> sorted, double part) {
        return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
