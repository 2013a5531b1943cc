import unittest
from unittest import mock
from unittest.mock import MagicMock, Mock, patch

import submission


class WeatherTest(unittest.TestCase):
    @patch("submission.fetch")
    def test_report(self, fetch):
        fetch.return_value = {"city": "Bern", "temperature": 21.456}
        self.assertEqual(submission.report("Bern"), "Bern: 21.5 °C")
        fetch.assert_called_once_with("Bern")

    @patch("submission.fetch", side_effect=ConnectionError("down"))
    def test_no_network(self, fetch):
        self.assertEqual(submission.report("Bern"), "Bern: unknown")

    def test_other_errors_pass(self):
        with patch("submission.fetch", side_effect=KeyError("x")):
            with self.assertRaises(KeyError):
                submission.report("Bern")

    def test_average(self):
        temperatures = {"a": 10, "b": 20}
        with patch.object(submission, "fetch", lambda city: {"city": city, "temperature": temperatures[city]}):
            self.assertEqual(submission.average(["a", "b"]), 15)

    def test_patch_is_over(self):
        with patch("submission.fetch", return_value=1):
            pass
        with self.assertRaises(RuntimeError):
            submission.fetch("Bern")

    @patch("time.sleep")
    def test_waits_between_tries(self, sleep):
        source = Mock(side_effect=[ConnectionError, ConnectionError, {"temperature": 3}])
        self.assertEqual(submission.with_patience(source), {"temperature": 3})
        self.assertEqual(sleep.call_count, 2)
        sleep.assert_has_calls([mock.call(1), mock.call(2)])

    @patch("time.sleep")
    def test_gives_up(self, sleep):
        source = Mock(side_effect=ConnectionError("always"))
        with self.assertRaisesRegex(ConnectionError, "always"):
            submission.with_patience(source)
        self.assertEqual(source.call_count, 3)

    def test_station(self):
        sensor = MagicMock()
        sensor.read.side_effect = [1.0, 3.0]
        station = submission.Station(sensor)
        station.measure()
        station.measure()
        self.assertEqual(station.mean(), 2.0)
        self.assertEqual(sensor.method_calls, [mock.call.read(), mock.call.read()])

    def test_station_notifies(self):
        sensor, alarm = Mock(), Mock()
        sensor.read.return_value = 41
        station = submission.Station(sensor, alarm=alarm, limit=40)
        station.measure()
        alarm.assert_called_once_with(41)

    def test_no_alarm_below(self):
        sensor, alarm = Mock(), Mock()
        sensor.read.return_value = 40
        submission.Station(sensor, alarm=alarm, limit=40).measure()
        alarm.assert_not_called()

    def test_patched_attribute(self):
        with patch.object(submission.Station, "unit", "F"):
            self.assertEqual(submission.Station(Mock()).unit, "F")
        self.assertEqual(submission.Station.unit, "C")

    def test_patched_constant(self):
        with patch("submission.TRIES", 1), patch("time.sleep"):
            source = Mock(side_effect=ConnectionError)
            with self.assertRaises(ConnectionError):
                submission.with_patience(source)
            self.assertEqual(source.call_count, 1)

    def test_environment(self):
        with patch.dict("os.environ", {"WEATHER_UNIT": "K"}):
            self.assertEqual(submission.unit_in_use(), "K")
        self.assertEqual(submission.unit_in_use(), "C")
