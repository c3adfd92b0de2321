import { typedRoutes } from '../../../../../runtime/core/operate/routes-set/typed';
import { routesWith } from '../../../../../runtime/core/routes/routes';

const MEMBERS = ['us-east-1', 'eu-west-1'];
const typed = (line: string, live = routesWith(['eu-west-1'], MEMBERS)) => typedRoutes(line.split(' '), MEMBERS, live);

test('each Region once, active or passive, in any order', () => {
  expect(typed('eu-west-1=passive us-east-1=active')).toEqual({ ok: true, routes: routesWith(['us-east-1'], MEMBERS) });
  expect(typed('us-east-1=active eu-west-1=active')).toEqual({ ok: true, routes: routesWith(MEMBERS, MEMBERS) });
});

test.each([
  ['a Region is missing', 'us-east-1=active', /missing eu-west-1/, 'us-east-1=active eu-west-1=active'],
  ['a Region is strange', 'us-east-1=active eu-west-1=passive ap-south-1=active', /Regions are us-east-1, eu-west-1, got ap-south-1/, 'us-east-1=active eu-west-1=passive'],
  ['a Region stands there twice', 'us-east-1=active us-east-1=passive eu-west-1=passive', /'us-east-1' twice/, 'us-east-1=passive eu-west-1=passive'],
  ['a word is none', 'us-east-1', /such as 'us-east-1=active', got 'us-east-1'/, 'us-east-1=passive eu-west-1=active'],
  ['a state is none', 'us-east-1=100 eu-west-1=0', /got 'us-east-1=100'/, 'us-east-1=passive eu-west-1=active'],
  ['no Region is active', 'us-east-1=passive eu-west-1=passive', /at least one Region must stay active/, 'us-east-1=passive eu-west-1=passive'],
])('fails when %s, with the line as it should be', (_, line, fault, words) => {
  expect(typed(line)).toEqual({ ok: false, fault: expect.stringMatching(fault), words: words.split(' ') });
});
