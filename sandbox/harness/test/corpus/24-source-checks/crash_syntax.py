def sort_numbers(numbers, reverse=False)
    return numbers
