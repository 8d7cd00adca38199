package io.vpnenterprise.systemtests;

import java.util.Arrays;

/**
 * Two-sample tests: how likely it is that two sets of measurements as different as these come from one source. One sees a
 * shift best, the other any difference of shape.
 */
final class TwoSamples {

    private TwoSamples() {}

    /** Mann–Whitney U, two-sided, by the normal approximation; for measurements without ties, as nanoseconds are. */
    static double mannWhitney(double[] a, double[] b) {
        double[] sorted = Arrays.copyOf(b, b.length);
        Arrays.sort(sorted);
        double u = 0;
        for (double value : a) {
            u += rank(sorted, value);
        }
        double mean = a.length * (double) b.length / 2;
        double deviation = Math.sqrt(a.length * (double) b.length * (a.length + b.length + 1) / 12);
        return 2 * (1 - normal(Math.abs(u - mean) / deviation));
    }

    /** Kolmogorov–Smirnov, by the limit distribution. */
    static double kolmogorovSmirnov(double[] a, double[] b) {
        double[] sortedA = a.clone();
        double[] sortedB = b.clone();
        Arrays.sort(sortedA);
        Arrays.sort(sortedB);
        double distance = 0;
        for (double[] values : new double[][] {sortedA, sortedB}) {
            for (double value : values) {
                double difference = rank(sortedA, value) / a.length - rank(sortedB, value) / b.length;
                distance = Math.max(distance, Math.abs(difference));
            }
        }
        double size = Math.sqrt(a.length * (double) b.length / (a.length + b.length));
        double lambda = (size + 0.12 + 0.11 / size) * distance;
        double p = 0;
        for (int k = 1; k <= 100; k++) {
            p += (k % 2 == 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
        }
        return lambda < 0.2 ? 1 : Math.min(1, Math.max(0, p));
    }

    /** How many of the sorted are not larger. */
    private static double rank(double[] sorted, double value) {
        int at = Arrays.binarySearch(sorted, value);
        return at >= 0 ? at + 1 : -at - 1;
    }

    /** The standard normal distribution, by the error function's formula 7.1.26 of Abramowitz and Stegun. */
    private static double normal(double z) {
        double x = z / Math.sqrt(2);
        double t = 1 / (1 + 0.3275911 * x);
        double polynomial = ((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592;
        return (1 + (1 - polynomial * t * Math.exp(-x * x))) / 2;
    }
}
