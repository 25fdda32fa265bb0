/* Control registers of a chip, for drivers in C and C++.
   Written from `core/src/chip/control-registers.ts` by `npm run docs`. */
#ifndef AUTODNNCHIP_CONTROL_REGISTERS_H
#define AUTODNNCHIP_CONTROL_REGISTERS_H

#define ADC_ID 0x00u
#define ADC_CONTROL 0x04u
#define ADC_STATUS 0x08u
#define ADC_PROGRAM_ADDRESS 0x0Cu
#define ADC_CYCLES 0x10u
#define ADC_COUNTERS 0x20u
#define ADC_RECORDS 0x1000u
#define ADC_SPACE_BYTES 0x10000u
#define ADC_IDENTITY 0x41444353u
#define ADC_CONTROL_START (1u << 0)
#define ADC_STATUS_BUSY (1u << 0)
#define ADC_STATUS_DONE (1u << 1)

#endif
