// Compares requantize_f32 and table_add with float and integer arithmetic of the host, a new operation each cycle.
// Arguments: vectors, seed. Build with -ffp-contract=off.
#include <cfenv>
#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "Vbench.h"
#include "verilated.h"

static const int LATENCY = 11;

// splitmix64
static uint64_t state;
static uint64_t draw() {
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
static int64_t between(int64_t first, int64_t last) { return first + int64_t(draw() % uint64_t(last - first + 1)); }
static bool chance(int percent) { return between(1, 100) <= percent; }

// A magnitude with a random number of bits, up to `bits`.
static int64_t magnitude(int bits) {
    int count = int(between(1, bits));
    return (int64_t(1) << (count - 1)) | int64_t(draw() & ((uint64_t(1) << (count - 1)) - 1));
}

static uint32_t bitsOf(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}
static float floatOf(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}
static uint32_t makeScale(int exponent, uint32_t fraction) { return uint32_t(exponent + 127) << 23 | (fraction & 0x7fffff); }

struct Requantize {
    int32_t accumulator, bias;
    uint32_t scale;
    int32_t zeroPoint, low, high;
};
struct TableAdd {
    int32_t a;
    uint32_t multiplier;
    int32_t entry;
    uint32_t shift;
    int32_t low, high;
};

static int32_t wrap(int64_t value) { return int32_t(uint32_t(uint64_t(value))); }

static int64_t inexactSums, inexactProducts, exactTies, doubleRoundings, saturated, tableTies, tableSaturated;

static int32_t golden(const Requantize& x) {
    int32_t sum = int32_t(uint32_t(x.accumulator) + uint32_t(x.bias));
    volatile float converted = float(sum);
    volatile float product = converted * floatOf(x.scale);
    volatile float rounded = nearbyintf(product);
    double moved = double(rounded) + x.zeroPoint;
    // What the vectors reach.
    double exact = double(converted) * double(floatOf(x.scale));
    inexactSums += int64_t(double(converted)) != sum;
    inexactProducts += double(product) != exact;
    exactTies += double(product) == exact && fabs(exact - nearbyint(exact)) == 0.5;
    doubleRoundings += fabs(exact) < 1e9 && nearbyint(exact) != double(rounded);
    saturated += moved > 127 || moved < -128;
    return moved > x.high ? x.high : moved < x.low ? x.low : int32_t(moved);
}

static int32_t golden(const TableAdd& x) {
    int64_t sum = int64_t(x.a) * int64_t(x.multiplier) + x.entry;
    int64_t divisor = int64_t(1) << x.shift;
    int64_t quotient = sum / divisor, remainder = sum % divisor;
    if (remainder < 0) {
        quotient--;
        remainder += divisor;
    }
    tableTies += 2 * remainder == divisor;
    if (2 * remainder > divisor || (2 * remainder == divisor && quotient % 2 != 0)) quotient++;
    tableSaturated += quotient > 127 || quotient < -128;
    return int32_t(quotient > x.high ? x.high : quotient < x.low ? x.low : quotient);
}

// A scale near target / sum, off by up to `distance` units in the last place.
static uint32_t scaleFor(double target, int64_t sum, int distance) {
    int64_t bits = int64_t(bitsOf(float(fabs(target) / fabs(double(sum))))) + between(-distance, distance);
    return uint32_t(bits);
}

static const int32_t EXTREMES[] = {INT32_MIN,     INT32_MIN + 1, INT32_MAX,       INT32_MAX - 1, 0,        1,      -1,       2,
                                   1 << 24,       (1 << 24) + 1, (1 << 24) - 1,   -(1 << 24),    1 << 23,  1 << 30, 1 << 25, INT32_MAX - 63,
                                   INT32_MAX - 64, -(1 << 24) - 1, (1 << 25) + 2, (1 << 25) + 6, 255,      -256,   0x7fffff, 0x55555555};

static Requantize drawRequantize() {
    int64_t sum = 0;
    uint32_t scale = 0;
    switch (between(0, 9)) {
        case 0:  // anything
            sum = int32_t(draw());
            scale = makeScale(int(between(-40, 10)), uint32_t(draw()));
            break;
        case 1:  // any size, any result near the range
            sum = magnitude(31);
            scale = scaleFor(double(between(1, 300 << 20)) / (1 << 20), sum, 0);
            break;
        case 2:  // near ties
        case 3:
            sum = magnitude(31);
            scale = scaleFor(double(between(0, 300)) + 0.5, sum, 3);
            break;
        case 4: {  // ties and their neighbours by construction: (odd * odd) / 2
            int64_t left = magnitude(9) | 1, right = magnitude(15) | 1;
            int twos = int(between(0, 15));
            sum = left << twos;
            scale = bitsOf(ldexpf(float(right), -twos - int(between(0, 16)))) + uint32_t(chance(50) ? between(-1, 1) : 0);
            break;
        }
        case 5: {  // sums beyond 2^24 that lie on or beside ties of the conversion
            int extra = int(between(1, 7));
            sum = int64_t(between(1 << 23, (1 << 24) - 1)) << extra | int64_t(1) << (extra - 1);
            sum += between(-1, 1);
            if (chance(10)) sum = (int64_t(1) << between(24, 31)) + between(-300, 300);
            if (sum > INT32_MAX) sum = INT32_MAX;
            scale = scaleFor(double(between(0, 300)) + 0.5, sum, 3);
            break;
        }
        case 6:  // extremes with any scale
            sum = EXTREMES[between(0, int64_t(sizeof EXTREMES / 4) - 1)];
            scale = chance(50) && sum ? scaleFor(double(between(0, 600)) / 2, sum, 1)
                                      : makeScale(int(between(-126, 127)), chance(30) ? 0 : chance(50) ? 0x7fffff : uint32_t(draw()));
            break;
        case 7:  // any exponent of a normal number
            sum = magnitude(32);
            scale = makeScale(int(between(-126, 127)), uint32_t(draw()));
            break;
        case 8:  // around 2^24
            sum = (1 << 24) + between(-40, 40);
            scale = chance(50) ? scaleFor(double(between(0, 600)) / 2, sum, 2) : makeScale(int(between(-40, 10)), uint32_t(draw()));
            break;
        default:  // products that carry into the next power of two
            sum = (int64_t(1) << between(1, 31)) - between(1, 3);
            scale = makeScale(int(between(-40, 10)), uint32_t(0x800000 - between(1, 4)));
            if (chance(50)) scale = scaleFor(ldexp(1.0, int(between(-3, 9))), sum | 1, 3);
            break;
    }
    // Only positive normal scales.
    if (int32_t(scale) < 0x00800000) scale = 0x00800000;
    if (scale > 0x7f7fffff) scale = 0x7f7fffff;
    if (chance(50)) sum = -sum;
    Requantize x;
    x.bias = chance(25) ? 0 : chance(50) ? int32_t(draw()) : int32_t(between(-70000, 70000));
    if (chance(3)) x.bias = EXTREMES[between(0, int64_t(sizeof EXTREMES / 4) - 1)];
    x.accumulator = wrap(sum - x.bias);
    x.scale = scale;
    x.zeroPoint = chance(30) ? 0 : chance(20) ? (chance(50) ? -128 : 127) : int32_t(between(-128, 127));
    return x;
}

static TableAdd drawTableAdd() {
    TableAdd x;
    x.a = chance(10) ? (chance(50) ? -128 : 127) : int32_t(between(-128, 127));
    x.multiplier = uint32_t(chance(5) ? 0x3ffffff : chance(5) ? 0 : chance(50) ? draw() & 0x3ffffff : uint64_t(magnitude(26)));
    x.shift = uint32_t(between(0, 31));
    x.entry = chance(3) ? EXTREMES[between(0, int64_t(sizeof EXTREMES / 4) - 1)] : int32_t(draw());
    if (chance(60)) {  // a result in or near the range: exact ties, their neighbours, anything between
        int64_t product = int64_t(x.a) * x.multiplier;
        int64_t half = (int64_t(1) << x.shift) / 2;
        int64_t target = between(-300, 300) * (int64_t(1) << x.shift);
        target += chance(60) ? half + (chance(50) ? 0 : (chance(50) ? 1 : -1) * (int64_t(1) << between(0, x.shift))) : between(0, (int64_t(1) << x.shift) - 1);
        if (target - product > INT32_MAX || target - product < INT32_MIN) {
            // The entry alone cannot reach it: choose a product that helps.
            x.a = target < 0 ? -1 - int32_t(draw() & 127) : 1 + int32_t(draw() % 127);
            int64_t needed = (target - between(INT32_MIN, INT32_MAX)) / x.a;
            x.multiplier = uint32_t(needed < 0 ? 0 : needed > 0x3ffffff ? 0x3ffffff : needed);
            product = int64_t(x.a) * x.multiplier;
        }
        int64_t entry = target - product;
        if (entry >= INT32_MIN && entry <= INT32_MAX) x.entry = int32_t(entry);
    }
    return x;
}

int main(int argc, char** argv) {
    int64_t vectors = argc > 1 ? strtoll(argv[1], nullptr, 10) : 1000000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 10) : 1;
    state = seed;
    fesetround(FE_TONEAREST);
    VerilatedContext context;
    Vbench bench(&context);

    Requantize requantizes[LATENCY];
    TableAdd tableAdds[LATENCY];
    int64_t mismatches = 0;
    for (int64_t cycle = 0; cycle < vectors + LATENCY; cycle++) {
        int slot = int(cycle % LATENCY);
        if (cycle >= LATENCY) {
            const Requantize& r = requantizes[slot];
            const TableAdd& t = tableAdds[slot];
            int32_t expected = golden(r), got = int8_t(bench.requantized);
            if (got != expected && mismatches++ < 10)
                printf("requantize_f32: accumulator %d bias %d scale %08x zero_point %d low %d high %d: %d, expected %d\n", r.accumulator,
                       r.bias, r.scale, r.zeroPoint, r.low, r.high, got, expected);
            expected = golden(t), got = int8_t(bench.added);
            if (got != expected && mismatches++ < 10)
                printf("table_add: a %d multiplier %u entry %d shift %u low %d high %d: %d, expected %d\n", t.a, t.multiplier, t.entry,
                       t.shift, t.low, t.high, got, expected);
        }
        Requantize r = drawRequantize();
        TableAdd t = drawTableAdd();
        int32_t low = -128, high = 127;
        if (chance(40)) {
            low = int32_t(between(-128, 127));
            high = int32_t(between(low, 127));
        }
        r.low = t.low = low;
        r.high = t.high = high;
        requantizes[slot] = r;
        tableAdds[slot] = t;
        bench.accumulator = uint32_t(r.accumulator);
        bench.bias = uint32_t(r.bias);
        bench.scale = r.scale;
        bench.zero_point = uint8_t(r.zeroPoint);
        bench.a = uint8_t(t.a);
        bench.multiplier = t.multiplier;
        bench.entry = uint32_t(t.entry);
        bench.shift = uint8_t(t.shift);
        bench.low = uint8_t(low);
        bench.high = uint8_t(high);
        bench.clk = 0;
        bench.eval();
        bench.clk = 1;
        bench.eval();
    }
    printf("seed %" PRIu64 ": %" PRId64 " vectors each, %" PRId64 " mismatches\n", seed, vectors, mismatches);
    printf("requantize_f32: %" PRId64 " inexact sums, %" PRId64 " inexact products, %" PRId64 " exact ties, %" PRId64
           " where rounding to float32 first decides, %" PRId64 " saturated\n",
           inexactSums, inexactProducts, exactTies, doubleRoundings, saturated);
    printf("table_add: %" PRId64 " exact ties, %" PRId64 " saturated\n", tableTies, tableSaturated);
    return mismatches ? 1 : 0;
}
