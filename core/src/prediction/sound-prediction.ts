import { ChipError } from '../errors/index.js';
import type { Prediction } from './prediction.js';

/**
 * Hands a prediction on if its figures can be: all finite, none negative. Throws ADC3504 naming the figure and who made
 * it, and ADC3001 where nothing was costed: then there is no time, and no throughput either.
 */
export function requireSoundPrediction<Sound extends Prediction>(
  prediction: Sound,
  network: string,
  maker: string,
): Sound {
  // The operators that no figure covers say more than a time of 0 does.
  if (prediction.latencyCycles === 0) {
    const reasons = prediction.notCosted
      .slice(0, 8)
      .map(({ name, operator, reason }) => `\n  ${name} (${operator}): ${reason}`)
      .join('');
    throw new ChipError(
      'ADC3001',
      `Nothing of ${network} runs on ${prediction.platform}: there is nothing to predict${reasons}`,
      {
        hint: 'Choose a network or a platform that have operators in common.',
      },
    );
  }
  requireSound(prediction, '', maker);
  return prediction;
}

function requireSound(value: unknown, path: string, maker: string): void {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && value >= 0) return;
    throw new ChipError('ADC3504', `${maker} predicts ${path} = ${value}, which cannot be`, {
      hint: 'Please report it with the network, the platform and the settings.',
    });
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value))
    return void value.forEach((item, index) => {
      requireSound(item, `${path}[${index}]`, maker);
    });
  for (const [name, item] of Object.entries(value)) requireSound(item, path === '' ? name : `${path}.${name}`, maker);
}
