import {newRef} from './protocol.js';
import {PATIENCE} from './round.js';
import {after} from './time.js';

/**
 * sing proves that silence is silence. A dead connection hears nothing either; so a
 * canary says something on the listeners' own server, and they have to hear that.
 * outcomes are the silent ones of one server; awaiting is told what comes to whom.
 */
export async function sing(canary, outcomes, awaiting, changed) {
  const text = `canary ${newRef()}`;
  const sang = performance.now();
  for (const outcome of outcomes) Object.assign(outcome, {singer: canary, sang, canary: 'singing'});
  changed();
  const heardByAll = new Promise((resolve) => {
    awaiting.set(text, {
      heard(actor) {
        for (const o of outcomes) if (o.listener === actor) o.canary = 'heard';
        changed();
        if (outcomes.every((o) => o.canary === 'heard')) resolve();
      },
    });
  });
  canary.say(text).catch(() => {}); // what counts is whether it is heard
  await Promise.race([heardByAll, after(PATIENCE)]);
  for (const o of outcomes) if (o.canary === 'singing') o.canary = 'unheard';
}
